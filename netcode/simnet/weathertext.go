package simnet

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/tuttiplay/tutti/netcode/weather"
)

// weatherKeys are the names of a weather's numbers in the text of a scenario,
// in the order in which they are written.
const weatherKeys = "latency jitter loss burst burstlength reorder hold duplicate rate queue"

// number returns the number of a weather that has this name: exactly one of the
// three, or none where there is no such name.
func number(w *weather.Weather, key string) (*time.Duration, *weather.Share, *int) {
	switch key {
	case "latency":
		return &w.Latency, nil, nil
	case "jitter":
		return &w.Jitter, nil, nil
	case "loss":
		return nil, &w.Loss, nil
	case "burst":
		return nil, &w.BurstShare, nil
	case "burstlength":
		return nil, nil, &w.BurstLength
	case "reorder":
		return nil, &w.Reorder, nil
	case "hold":
		return &w.Hold, nil, nil
	case "duplicate":
		return nil, &w.Duplicate, nil
	case "rate":
		return nil, nil, &w.Rate
	case "queue":
		return &w.Queue, nil, nil
	}
	return nil, nil, nil
}

// weatherText returns the name of the preset that w is, else its numbers.
func weatherText(w weather.Weather) string {
	for _, name := range weather.Names() {
		if preset, err := weather.Parse(name); err == nil && preset == w {
			return name
		}
	}
	var words []string
	for key := range strings.FieldsSeq(weatherKeys) {
		switch d, s, i := number(&w, key); {
		case d != nil && *d != 0:
			words = append(words, key+"="+d.String())
		case s != nil && *s != 0:
			words = append(words, key+"="+s.String())
		case i != nil && *i != 0:
			words = append(words, key+"="+strconv.Itoa(*i))
		}
	}
	return strings.Join(words, " ")
}

// parseWeather reads what weatherText wrote: perhaps a preset, then numbers
// that differ from it.
func parseWeather(words []string) (weather.Weather, error) {
	var w weather.Weather
	if len(words) == 0 {
		return w, fmt.Errorf("no weather; want a preset such as %s, or %s=", "wifi", strings.ReplaceAll(weatherKeys, " ", "=, "))
	}
	seen := make(map[string]bool)
	for i, word := range words {
		key, value, found := strings.Cut(word, "=")
		if !found && i == 0 {
			preset, err := weather.Parse(word)
			if err != nil {
				return w, err
			}
			w = preset
			continue
		}
		d, s, n := number(&w, key)
		var err error
		switch {
		case !found || seen[key]:
			return w, fmt.Errorf("%.40q is not one more number of a weather", word)
		case d != nil:
			*d, err = time.ParseDuration(value)
		case s != nil:
			*s, err = parseShare(value)
		case n != nil:
			*n, err = strconv.Atoi(value)
		default:
			return w, fmt.Errorf("a weather has no %.40q; want one of %s", key, weatherKeys)
		}
		if err != nil {
			return w, fmt.Errorf("%s: %w", key, err)
		}
		seen[key] = true
	}
	return w, w.Validate()
}

// parseShare reads what [weather.Share.String] writes.
func parseShare(text string) (weather.Share, error) {
	number, percent := strings.CutSuffix(text, "%")
	whole, part, point := strings.Cut(number, ".")
	n, err := strconv.ParseUint(whole, 10, 16)
	var m uint64
	if point && err == nil {
		m, err = strconv.ParseUint((part + "0000")[:4], 10, 16)
	}
	share := n*uint64(weather.Percent(1)) + m
	if err != nil || !percent || point && part == "" || len(part) > 4 || share > uint64(weather.Whole) {
		return 0, fmt.Errorf("%.40q is not a share; want 0%% to 100%% with up to four decimals", text)
	}
	return weather.Share(share), nil
}

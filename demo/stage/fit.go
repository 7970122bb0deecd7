package stage

import (
	"strings"

	"github.com/tuttiplay/tutti/demo/ink"
)

// fitSize returns size, or less if text would be wider than room.
func fitSize(size float32, text string, room float32) float32 {
	if wide := ink.TextWidth(size, text); wide > room && wide > 0 {
		return max(0.5, size*room/wide)
	}
	return size
}

// cut returns text, or as much of its beginning as fits with an ellipsis.
func cut(size float32, text string, room float32) string {
	if ink.TextWidth(size, text) <= room {
		return text
	}
	runes := []rune(text)
	for n := len(runes) - 1; n > 0; n-- {
		if short := trimRight(string(runes[:n])) + "…"; ink.TextWidth(size, short) <= room {
			return short
		}
	}
	return ""
}

// wrap breaks text into lines between words, and long words anywhere; what does
// not fit into that many lines is cut.
func wrap(size float32, text string, room float32, most int) []string {
	var all []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		for {
			longer := word
			if line != "" {
				longer = line + " " + word
			}
			if ink.TextWidth(size, longer) <= room {
				line = longer
				break
			}
			if line != "" {
				all, line = append(all, line), ""
				continue
			}
			head := breakWord(size, word, room)
			all = append(all, head)
			if word = word[len(head):]; word == "" {
				break
			}
		}
	}
	if line != "" {
		all = append(all, line)
	}
	if len(all) > most {
		all = all[:most]
		all[most-1] = cut(size, all[most-1]+" …", room)
	}
	return all
}

// breakWord returns as much of a word as fits, at least a letter.
func breakWord(size float32, word string, room float32) string {
	end := 0
	for i, r := range word {
		next := i + len(string(r))
		if end > 0 && ink.TextWidth(size, word[:next]) > room {
			break
		}
		end = next
	}
	return word[:end]
}

func trimRight(s string) string { return strings.TrimRight(s, " ") }

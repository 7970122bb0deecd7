//go:build !js

package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/tuttiplay/tutti/nat"
)

// marks stand before a verdict or a problem.
var marks = map[nat.Level]string{nat.LevelFatal: "✗", nat.LevelTrouble: "!", nat.LevelNote: "·", "": "✓"}

// print writes the result in words.
func print(w io.Writer, res result, cfg nat.Config) error {
	var b strings.Builder
	r := res.Report
	fmt.Fprintf(&b, "Asked %s\n\n", asked(cfg.Servers))
	if r.V4.Asked+r.V6.Asked > 0 {
		family(&b, "IPv4", r.V4)
		family(&b, "IPv6", r.V6)
		row(&b, "router", router(r.Router))
		b.WriteByte('\n')
	}
	first := true
	if !saidBetter(res) {
		paragraph(&b, marks[worst(res)], res.Verdict.String())
		first = false
	}
	for _, p := range res.Problems {
		if p.Code == res.Verdict.Code {
			continue // said already
		}
		if !first {
			b.WriteByte('\n')
		}
		first = false
		paragraph(&b, marks[p.Level], p.Sentence)
		if p.Advice != "" {
			paragraph(&b, " ", p.Advice)
		}
		paragraph(&b, " ", "["+string(p.Code)+"]")
	}
	if res.Expect != nil {
		b.WriteByte('\n')
		paragraph(&b, "⇄", expectations[*res.Expect])
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// saidBetter says whether one of the problems is the verdict, only more exactly.
func saidBetter(res result) bool {
	return slices.ContainsFunc(res.Problems, func(p nat.Problem) bool {
		return strings.HasPrefix(string(p.Code), string(res.Verdict.Code)+"-")
	})
}

func asked(servers []string) string {
	if len(servers) == 0 {
		return "nobody."
	}
	return strings.Join(servers, ", ")
}

// worst is the gravest level, notes aside.
func worst(res result) nat.Level {
	for _, p := range res.Problems {
		if p.Level != nat.LevelNote {
			return p.Level
		}
	}
	if res.Exit == exitUnknown {
		return nat.LevelTrouble
	}
	return ""
}

var mappings = map[nat.Mapping]string{
	nat.MappingUnknown:     "unknown",
	nat.MappingNone:        "none: the address is this machine's own",
	nat.MappingIndependent: "independent: everyone sees the same address and port",
	nat.MappingDependent:   "dependent: not everyone sees the same port",
	nat.MappingAddress:     "by address: each address sees another port",
	nat.MappingAddressPort: "by address and port: everyone sees another port",
}

var filterings = map[nat.Filtering]string{
	nat.FilteringUnknown:     "unknown",
	nat.FilteringIndependent: "none: everyone may send once a port is open",
	nat.FilteringAddress:     "by address: whom one sent to may answer from any port",
	nat.FilteringAddressPort: "by address and port: whom one sent to may answer from that port",
}

var expectations = map[nat.Expect]string{
	nat.ExpectUnknown:   "How the two of you will connect cannot be told.",
	nat.ExpectDirect:    "The two of you will connect directly.",
	nat.ExpectPredicted: "The two of you will connect directly if a port is guessed right, else through a relay.",
	nat.ExpectRelay:     "The two of you will connect through a relay.",
	nat.ExpectNothing:   "The two of you cannot connect: one of you gets no UDP through.",
}

// family writes what is known of one address family.
func family(b *strings.Builder, name string, r nat.Reach) {
	switch {
	case r.Asked == 0:
		return
	case !r.Local.IsValid():
		row(b, name, "none")
		return
	case r.Answered == 0:
		row(b, name, fmt.Sprintf("%v, no answer", r.Local))
		return
	case r.Public == r.Local:
		row(b, name, fmt.Sprintf("%v, %v to the server", r.Local, r.RTT.Round(100*time.Microsecond)))
	default:
		row(b, name, fmt.Sprintf("%v, seen as %v, %v to the server", r.Local, r.Public, r.RTT.Round(100*time.Microsecond)))
	}
	row(b, "mapping", mappings[r.Mapping])
	row(b, "filtering", filterings[r.Filtering])
	if r.Mapping != nat.MappingNone {
		row(b, "port", port(r))
		row(b, "hairpin", r.Hairpin.String())
	}
	switch r.Large {
	case nat.Yes:
		row(b, "packets", fmt.Sprintf("%d bytes get through", nat.LargeSize))
	case nat.No:
		row(b, "packets", fmt.Sprintf("%d bytes do not get through", nat.LargeSize))
	}
	if l := lifetime(r); l != "" {
		row(b, "lifetime", l)
	}
}

func port(r nat.Reach) string {
	switch {
	case r.PortKept && r.PortStep != 0:
		return fmt.Sprintf("kept at first, then %+d for each player", r.PortStep)
	case r.PortKept:
		return "kept"
	case r.PortStep != 0:
		return fmt.Sprintf("changed, %+d for each player", r.PortStep)
	}
	return "changed"
}

func lifetime(r nat.Reach) string {
	switch {
	case r.Lifetime > 0 && r.Expired > 0:
		return fmt.Sprintf("survives %v of silence, and not %v", r.Lifetime, r.Expired)
	case r.Lifetime > 0:
		return fmt.Sprintf("survives %v of silence", r.Lifetime)
	case r.Expired > 0:
		return fmt.Sprintf("does not survive %v of silence", r.Expired)
	}
	return ""
}

func router(r nat.Router) string {
	switch {
	case !r.Asked:
		return "not asked"
	case r.Maps && r.External.IsValid():
		return fmt.Sprintf("opens ports, outside address %v", r.External)
	case r.Maps:
		return "opens ports"
	case r.External.IsValid():
		return fmt.Sprintf("opens no ports, outside address %v", r.External)
	}
	return "opens no ports"
}

func row(b *strings.Builder, name, text string) { fmt.Fprintf(b, "  %-10s %s\n", name, text) }

// width is how long a line of a paragraph gets, in characters.
const width = 76

// paragraph writes text with a mark before it, in lines.
func paragraph(b *strings.Builder, mark, text string) {
	line := "  " + mark
	length := 3
	for word := range strings.FieldsSeq(text) {
		if n := len([]rune(word)); length+1+n > width {
			b.WriteString(strings.TrimRight(line, " ") + "\n")
			line, length = "   ", 3
		}
		line += " " + word
		length += 1 + len([]rune(word))
	}
	b.WriteString(line + "\n")
}

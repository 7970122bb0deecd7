package main

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// textWidth is where notes are broken.
const textWidth = 100

// writeText prints the report for a terminal.
func writeText(w io.Writer, r *Report) error {
	var b strings.Builder
	fmt.Fprintf(&b, "$ %s\n%s\n", r.Command, r.Machine)
	for i := range r.Tables {
		b.WriteByte('\n')
		textTable(&b, &r.Tables[i])
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func textTable(b *strings.Builder, t *Table) {
	fmt.Fprintf(b, "%s: %s\n\n", t.Name, t.Title)
	width := make([]int, len(t.Columns))
	for i, c := range t.Columns {
		width[i] = max(utf8.RuneCountInString(c.Name), utf8.RuneCountInString(c.Unit))
		for _, r := range t.Rows {
			width[i] = max(width[i], utf8.RuneCountInString(c.show(r.Cells[i])))
		}
	}
	line := func(text func(i int) string) {
		var l strings.Builder
		for i, c := range t.Columns {
			if i > 0 {
				l.WriteString("  ")
			}
			s := text(i)
			pad := strings.Repeat(" ", max(0, width[i]-utf8.RuneCountInString(s)))
			if c.Label {
				l.WriteString(s + pad)
			} else {
				l.WriteString(pad + s)
			}
		}
		b.WriteString(strings.TrimRight(l.String(), " ") + "\n")
	}
	line(func(i int) string { return t.Columns[i].Name })
	line(func(i int) string { return t.Columns[i].Unit })
	line(func(i int) string { return strings.Repeat("-", width[i]) })
	for k, r := range t.Rows {
		if k > 0 && t.Rows[k-1].Cells[0].Text != r.Cells[0].Text {
			b.WriteByte('\n')
		}
		if r.Refused == "" {
			line(func(i int) string { return t.Columns[i].show(r.Cells[i]) })
			continue
		}
		for i, c := range t.Columns {
			if c.Label {
				fmt.Fprintf(b, "%-*s  ", width[i], c.show(r.Cells[i]))
			}
		}
		fmt.Fprintf(b, "refused: %s\n", r.Refused)
	}
	b.WriteByte('\n')
	for _, n := range t.Notes {
		wrap(b, n)
	}
}

// wrap prints a note as an item of a list.
func wrap(b *strings.Builder, note string) {
	at := 0
	for i, word := range strings.Fields(note) {
		n := utf8.RuneCountInString(word)
		switch {
		case i == 0:
			b.WriteString("* ")
			at = 2
		case at+1+n > textWidth:
			b.WriteString("\n  ")
			at = 2
		default:
			b.WriteByte(' ')
			at++
		}
		b.WriteString(word)
		at += n
	}
	b.WriteByte('\n')
}

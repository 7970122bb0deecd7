package main

import (
	"fmt"
	"slices"
)

// Table is what one bench hands back: numbers with units, the premises they rest
// on, and what a reader must know of them. How it looks is up to the renderers.
type Table struct {
	Name    string   `json:"name"`  // what -only takes
	Title   string   `json:"title"` // one line
	Notes   []string `json:"notes"` // sentences: what was measured, how, with which premises
	Columns []Column `json:"columns"`
	Rows    []Row    `json:"rows"`
	Charts  []Chart  `json:"-"`
}

// Column describes the cells below it. A column without Digits and Unit may hold
// labels or numbers; numbers stand right, labels left.
type Column struct {
	Key    string `json:"key"`  // unique within the table
	Name   string `json:"name"` // over the column
	Unit   string `json:"unit"` // under the name; "" is none
	Digits int    `json:"digits"`
	Label  bool   `json:"label"` // says which row this is: left-aligned, kept in a refused row
}

// Row is one line. Cells has as many elements as the table has columns.
type Row struct {
	Cells []Cell `json:"cells"`
	// Refused says which premise did not hold. Then no number of the row is
	// shown, and the program fails.
	Refused string `json:"refused,omitempty"`
}

// Cell is a label, a number or nothing.
type Cell struct {
	Text   string   `json:"text,omitempty"`
	Number *float64 `json:"number,omitempty"`
}

func label(format string, args ...any) Cell { return Cell{Text: fmt.Sprintf(format, args...)} }
func number(v float64) Cell                 { return Cell{Number: &v} }

// Chart draws one column as bars. Rows with the same Panel stand in one frame,
// those with the same Group side by side, each in the colour of its Series.
type Chart struct {
	Title                       string
	Value, Panel, Group, Series string // keys of columns; Panel may be ""
}

// refuse makes a row that shows its labels and why it has no numbers.
func (t *Table) refuse(labels []Cell, why error) {
	cells := make([]Cell, len(t.Columns))
	copy(cells, labels)
	t.Rows = append(t.Rows, Row{Cells: cells, Refused: why.Error()})
}

func (t *Table) add(cells ...Cell) {
	if len(cells) != len(t.Columns) {
		panic(fmt.Sprintf("bench: table %s: %d cells for %d columns", t.Name, len(cells), len(t.Columns)))
	}
	t.Rows = append(t.Rows, Row{Cells: cells})
}

// column returns the number of the column with that key, -1 if there is none.
func (t *Table) column(key string) int {
	return slices.IndexFunc(t.Columns, func(c Column) bool { return c.Key == key })
}

// refused counts the rows without numbers.
func (t *Table) refused() (n int) {
	for _, r := range t.Rows {
		if r.Refused != "" {
			n++
		}
	}
	return n
}

// show returns the text of a cell, with the digits of its column.
func (c Column) show(cell Cell) string {
	if cell.Number == nil {
		return cell.Text
	}
	return group(fmt.Sprintf("%.*f", c.Digits, *cell.Number))
}

// group puts a comma before every third digit of a decimal number.
func group(s string) string {
	whole, sign := s, ""
	if s[0] == '-' {
		whole, sign = s[1:], "-"
	}
	rest := ""
	if i := slices.Index([]byte(whole), '.'); i >= 0 {
		whole, rest = whole[:i], whole[i:]
	}
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	return sign + whole + rest
}

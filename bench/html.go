package main

import (
	_ "embed"
	"html/template"
	"io"
	"slices"
)

//go:embed report.html
var reportPage string

var reportTemplate = template.Must(template.New("report").Parse(reportPage))

// writeHTML makes a page that needs nothing but itself.
func writeHTML(w io.Writer, r *Report) error {
	type cell struct {
		Text  string
		Label bool
	}
	type row struct {
		Cells   []cell // those with a number left out if refused
		Refused string
		Rest    int  // columns that the refusal takes
		Apart   bool // another kind than the row above
	}
	type table struct {
		*Table
		Rows   []row
		Charts []drawing
	}
	page := struct {
		Command, Machine string
		Tables           []table
	}{Command: r.Command, Machine: r.Machine.String()}
	for i := range r.Tables {
		t := &r.Tables[i]
		view := table{Table: t}
		for k, from := range t.Rows {
			to := row{Refused: from.Refused, Apart: k > 0 && t.Rows[k-1].Cells[0].Text != from.Cells[0].Text}
			for j, c := range t.Columns {
				if from.Refused != "" && !c.Label {
					to.Rest++
					continue
				}
				to.Cells = append(to.Cells, cell{c.show(from.Cells[j]), c.Label})
			}
			view.Rows = append(view.Rows, to)
		}
		for _, c := range t.Charts {
			view.Charts = append(view.Charts, draw(t, c))
		}
		page.Tables = append(page.Tables, view)
	}
	return reportTemplate.Execute(w, page)
}

// drawing is a chart ready to be shown.
type drawing struct {
	Title, Unit string
	Group       string   // what the numbers beside the bars are
	Series      []string // in the order of their colours
	Panels      []panel
}

type panel struct {
	Name   string
	Groups []barGroup
}

type barGroup struct {
	Name string
	Bars []bar
}

type bar struct {
	Series int
	Share  float64 // of the longest bar of the chart, in percent
	Text   string
}

// draw arranges a chart. All its panels share one scale, so that they compare.
func draw(t *Table, c Chart) drawing {
	value, group := t.column(c.Value), t.column(c.Group)
	col := t.Columns[value]
	d := drawing{Title: c.Title, Unit: col.Unit, Group: t.Columns[group].Name}
	longest := 0.0
	for _, r := range t.Rows {
		if v := r.Cells[value].Number; v != nil && r.Refused == "" {
			longest = max(longest, *v)
		}
	}
	text := func(r Row, key string) string {
		if i := t.column(key); i >= 0 {
			return t.Columns[i].show(r.Cells[i])
		}
		return ""
	}
	for _, r := range t.Rows {
		v := r.Cells[value].Number
		if v == nil || r.Refused != "" || longest <= 0 {
			continue
		}
		series := text(r, c.Series)
		if !slices.Contains(d.Series, series) {
			d.Series = append(d.Series, series)
		}
		p := place(&d.Panels, func(p panel) bool { return p.Name == text(r, c.Panel) })
		p.Name = text(r, c.Panel)
		g := place(&p.Groups, func(g barGroup) bool { return g.Name == text(r, c.Group) })
		g.Name = text(r, c.Group)
		g.Bars = append(g.Bars, bar{slices.Index(d.Series, series), 100 * max(0, *v) / longest, col.show(r.Cells[value])})
	}
	return d
}

// place returns the element that is meant, a new one if there is none.
func place[T any](list *[]T, is func(T) bool) *T {
	i := slices.IndexFunc(*list, is)
	if i < 0 {
		i = len(*list)
		*list = append(*list, *new(T))
	}
	return &(*list)[i]
}

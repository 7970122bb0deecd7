//go:build !js

package evidence

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// allowed are the imports that leave the package pure.
var allowed = []string{
	"bytes", "crypto/sha256", "encoding/binary", "encoding/pem", "errors", "strings", "time",
	"github.com/tuttiplay/tutti/netcode/peer", "github.com/tuttiplay/tutti/netcode/wire",
}

// TestPure reads the source: no goroutine, clock, float, map or global but
// errors. It is stricter and simpler than the test of package lockstep, since
// so small a package does without any map.
func TestPure(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	fset, read := token.NewFileSet(), 0
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(fset, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		read++
		for _, complaint := range impurities(f) {
			t.Errorf("%s: %s", name, complaint)
		}
	}
	if read == 0 {
		t.Fatal("no source to read")
	}
}

// TestPureNotices makes sure that the test above can fail.
func TestPureNotices(t *testing.T) {
	for _, tc := range []struct{ src, want string }{
		{`import "os"`, "os"},
		{`import "time"; var errX error; func f(now time.Duration) bool { return now > time.Second }`, ""},
		{`import "time"; func f() { time.Now() }`, "time.Now"},
		{`import "math"`, "math"},
		{`func f() { go f() }`, "goroutine"},
		{`func f(c chan int) {}`, "channel"},
		{`func f(m map[int]int) {}`, "map"},
		{`func f() { x := 0.5; _ = x }`, "float"},
		{`type t struct{ x float32 }`, "float"},
		{`var n int`, "global n"},
		{`const n = 1`, ""},
		{`import "errors"; var ErrX = errors.New("x")`, ""},
		{`import "bytes"; var buf = bytes.Buffer{}`, "global buf"},
	} {
		f, err := parser.ParseFile(token.NewFileSet(), "x.go", "package x\n"+tc.src, 0)
		if err != nil {
			t.Fatal(err)
		}
		got := strings.Join(impurities(f), "; ")
		if tc.want == "" && got != "" || !strings.Contains(got, tc.want) {
			t.Errorf("%s: %q; want %q in it", tc.src, got, tc.want)
		}
	}
}

// impurities returns what is not pure in one file.
func impurities(f *ast.File) (got []string) {
	for _, decl := range f.Decls {
		gen, ok := decl.(*ast.GenDecl)
		if !ok || gen.Tok != token.VAR {
			continue
		}
		for _, spec := range gen.Specs {
			for _, name := range spec.(*ast.ValueSpec).Names {
				if !strings.HasPrefix(strings.ToLower(name.Name), "err") {
					got = append(got, "global "+name.Name)
				}
			}
		}
	}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ImportSpec:
			if path := strings.Trim(n.Path.Value, `"`); !slices.Contains(allowed, path) {
				got = append(got, "import of "+path)
			}
		case *ast.GoStmt:
			got = append(got, "goroutine")
		case *ast.ChanType:
			got = append(got, "channel")
		case *ast.MapType:
			got = append(got, "map")
		case *ast.BasicLit:
			if n.Kind == token.FLOAT || n.Kind == token.IMAG {
				got = append(got, "float "+n.Value)
			}
		case *ast.Ident:
			if strings.HasPrefix(n.Name, "float") || strings.HasPrefix(n.Name, "complex") {
				got = append(got, "float: "+n.Name)
			}
		case *ast.SelectorExpr:
			pkg, ok := n.X.(*ast.Ident)
			if ok && pkg.Name == "time" && n.Sel.Name != "Duration" && n.Sel.Name != "Second" {
				got = append(got, "time."+n.Sel.Name)
			}
		}
		return true
	})
	return got
}

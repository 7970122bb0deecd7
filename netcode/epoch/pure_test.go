package epoch

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// pure are the imports that the agreement gets by with.
var pure = []string{
	"bytes", "crypto/sha256", "encoding/binary", "errors", "fmt", "math/bits", "slices", "time",
	"github.com/tuttiplay/tutti/netcode/evidence", "github.com/tuttiplay/tutti/netcode/peer", "github.com/tuttiplay/tutti/netcode/wire",
}

// impurities returns what a file has that the agreement must do without: clocks,
// goroutines, maps, floats, other packages.
func impurities(f *ast.File) (found []string) {
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ImportSpec:
			if path := strings.Trim(n.Path.Value, `"`); !slices.Contains(pure, path) {
				found = append(found, "import of "+path)
			}
		case *ast.GoStmt, *ast.SelectStmt, *ast.ChanType:
			found = append(found, "goroutines")
		case *ast.MapType:
			found = append(found, "a map")
		case *ast.Ident:
			if n.Name == "float32" || n.Name == "float64" {
				found = append(found, "a float")
			}
		case *ast.BasicLit:
			if n.Kind == token.FLOAT {
				found = append(found, "a float")
			}
		case *ast.SelectorExpr:
			if x, ok := n.X.(*ast.Ident); ok && x.Name == "time" && n.Sel.Name != "Duration" && n.Sel.Name != "Millisecond" {
				found = append(found, "time."+n.Sel.Name)
			}
		}
		return true
	})
	return found
}

// TestPure reads the source of the package. The mutants, which are in no build
// but that of their test, read the environment.
func TestPure(t *testing.T) {
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	read := 0
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") || name == "mutant_on.go" {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, what := range impurities(f) {
			t.Errorf("%s: %s", name, what)
		}
		read++
	}
	if read < 10 {
		t.Errorf("only %d files", read)
	}
}

func TestPureNotices(t *testing.T) {
	for src, want := range map[string]string{
		`import "os"`:                                 "import of os",
		`import "time"; var x = time.Now`:             "time.Now",
		`func f() { go f() }`:                         "goroutines",
		`var x map[int]int`:                           "a map",
		`var x = 1.5`:                                 "a float",
		`import "time"; func f(now time.Duration) {}`: "",
	} {
		f, err := parser.ParseFile(token.NewFileSet(), "x.go", "package x\n"+src, 0)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(impurities(f), " "); got != want {
			t.Errorf("%s: %q, want %q", src, got, want)
		}
	}
}

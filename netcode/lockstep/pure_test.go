//go:build !js

package lockstep_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// impure are the imports a pure package does without. "a/..." is a and all
// below it.
var impure = map[string]string{
	"context":         "nothing blocks here",
	"crypto/rand":     "not the same on every machine",
	"hash/maphash":    "not the same on every machine",
	"log/...":         "what happened comes back as a value",
	"maps":            "its iterators have no order; sort a slice",
	"math":            "floats",
	"math/cmplx":      "floats",
	"math/rand/...":   "not the same on every machine",
	"net/...":         "no sockets: packets come back as values",
	"os/...":          "no files",
	"reflect":         "its map iterators have no order",
	"runtime/...":     "the same on every machine means: the machine does not matter",
	"sync/...":        "one goroutine at a time",
	"syscall/...":     "no system calls",
	"testing":         "not in the author's program",
	"unsafe":          "the layout of memory differs",
	"github.com/...":  "except this module: only the standard library",
	"golang.org/...":  "except this module: only the standard library",
	"go.uber.org/...": "except this module: only the standard library",
}

// TestPure reads the source of the packages that must be pure: no goroutine,
// clock, socket, map iteration, float or global. Time and randomness are
// arguments there, and requests come back as values; so whole matches can be
// run by the thousand, and again.
func TestPure(t *testing.T) {
	for _, dir := range []string{".", "../epoch", "../evidence"} {
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		fset := token.NewFileSet()
		var parsed []*ast.File
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") || strings.HasSuffix(name, "mutant_on.go") {
				continue // mutants are in no author's program
			}
			f, err := parser.ParseFile(fset, name, nil, parser.ParseComments)
			if err != nil {
				t.Fatal(err)
			}
			for _, group := range f.Comments {
				if tag := group.List[0].Text; strings.HasPrefix(tag, "//go:build") && tag != "//go:build !tuttimutant" {
					t.Errorf("%s: a build tag: the package is the same everywhere", name)
				}
			}
			parsed = append(parsed, f)
		}
		if len(parsed) == 0 {
			if dir == "." {
				t.Fatal("no source to read")
			}
			continue // not built yet
		}
		for _, complaint := range impurities(t, fset, parsed, exports(t, dir)) {
			t.Error(complaint)
		}
	}
}

// TestPureNotices makes sure that the test above can fail.
func TestPureNotices(t *testing.T) {
	std := exports(t, ".", "errors", "maps", "sync", "time", "slices", "sort")
	for _, tc := range []struct{ name, src, want string }{
		{"clock argument", `import "time"; func f(now time.Duration) bool { return now > 3*time.Second && now.Milliseconds() > 1 }`, ""},
		{"now", `import "time"; func f() { time.Now() }`, "time.Now"},
		{"now as value", `import "time"; var _ = time.Since`, "time.Since"},
		{"timer", `import "time"; type t struct{ x *time.Timer }`, "time.Timer"},
		{"wall time", `import "time"; func f(t time.Time) {}`, "time.Time"},
		{"goroutine", `func f() { go f() }`, "go statement"},
		{"channel", `func f(c chan int) {}`, "channel"},
		{"lock", `import "sync"; type t struct{ sync.Mutex }`, `import "sync"`},
		{"map lookup", `func f(m map[int]int) int { delete(m, 1); return m[0] }`, ""},
		{"map range", `func f(m map[int]int) { for range m {} }`, "range over a map"},
		{"named map range", `type m map[int]int; func f(m m) { for range m {} }`, "range over a map"},
		{"generic map range", `func f[M ~map[int]int](m M) { for range m {} }`, "range over a map"},
		{"map iterator", `import "maps"; func f(m map[int]int) { for range maps.Keys(m) {} }`, `import "maps"`},
		{"float", `func f(x int) bool { return float32(x) > 1 }`, "float"},
		{"float by default", `func f() { x := 0.5; _ = x }`, "float"},
		{"float field", `type t struct{ x, y float64 }`, "float"},
		{"exact constant", `const second = 1e9; func f(x int64) int64 { return x / second }`, ""},
		{"error", `import "errors"; var ErrX = errors.New("x")`, ""},
		{"interface check", `type t struct{}; var _ any = t{}`, ""},
		{"table", `var table = [4]int{1, 2, 3, 4}; func f(i int) int { return table[i] }`, ""},
		{"table of strings", `var table = [...]string{"a"}; func f() string { for _, s := range table { return s }; return table[0] }`, ""},
		{"written table", `var table [4]int; func f() { table[0]++ }`, "written"},
		{"assigned table", `var table [4]int; func f() { table[1] = 1 }`, "written"},
		{"aliased table", `var table [4]int; func f() []int { return table[:] }`, "written"},
		{"address of table", `var table [4]int; func f() *int { return &table[1] }`, "written"},
		{"method on table", `type a [2]int; func (a *a) set() { a[0] = 1 }; var x a; func f() { x.set() }`, "written"},
		{"counter", `var n int; func f() int { n++; return n }`, "written"},
		{"cache", `var cache = map[int]int{}`, "package variable"},
		{"slice", `var list = []int{1}`, "package variable"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			fset := token.NewFileSet()
			f, err := parser.ParseFile(fset, "x.go", "package x\n"+tc.src, 0)
			if err != nil {
				t.Fatal(err)
			}
			got := strings.Join(impurities(t, fset, []*ast.File{f}, std), "\n")
			if tc.want == "" && got != "" || !strings.Contains(got, tc.want) {
				t.Errorf("got %q; want %q in it", got, tc.want)
			}
		})
	}
}

// impurities returns what is not pure in the files of one package.
func impurities(t *testing.T, fset *token.FileSet, files []*ast.File, imports types.Importer) (complaints []string) {
	t.Helper()
	info := &types.Info{
		Types:      map[ast.Expr]types.TypeAndValue{},
		Defs:       map[*ast.Ident]types.Object{},
		Uses:       map[*ast.Ident]types.Object{},
		Selections: map[*ast.SelectorExpr]*types.Selection{},
	}
	conf := types.Config{Importer: imports}
	if _, err := conf.Check("x", fset, files, info); err != nil {
		t.Fatal(err)
	}
	say := func(n ast.Node, format string, args ...any) {
		complaints = append(complaints, fmt.Sprintf("%s: %s", fset.Position(n.Pos()), fmt.Sprintf(format, args...)))
	}
	for _, f := range files {
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.ImportSpec:
				path := strings.Trim(n.Path.Value, `"`)
				for pattern, why := range impure {
					root, deep := strings.CutSuffix(pattern, "/...")
					ours := strings.HasPrefix(path, "github.com/tuttiplay/")
					if !ours && (path == root || deep && strings.HasPrefix(path, root+"/")) {
						say(n, "import %q: %s", path, why)
					}
				}
			case *ast.GoStmt:
				say(n, "a go statement")
			case *ast.ChanType:
				say(n, "a channel")
			case *ast.RangeStmt:
				if isMap(info.TypeOf(n.X)) {
					say(n, "range over a map, which has no order")
				}
				notGlobal(info, say, n.Key, n.Value)
			case *ast.AssignStmt:
				notGlobal(info, say, n.Lhs...)
			case *ast.IncDecStmt:
				notGlobal(info, say, n.X)
			case *ast.UnaryExpr:
				if n.Op == token.AND {
					notGlobal(info, say, n.X)
				}
			case *ast.SliceExpr:
				if _, array := info.TypeOf(n.X).Underlying().(*types.Array); array {
					notGlobal(info, say, n.X)
				}
			case *ast.Ident:
				judge(info, say, n)
			case ast.Expr:
				if sel, ok := n.(*ast.SelectorExpr); ok && takesAddress(info.Selections[sel]) {
					notGlobal(info, say, sel.X)
				}
				if isFloat(info.TypeOf(n)) {
					say(n, "a float: machines round differently")
				}
			}
			return true
		})
	}
	return complaints
}

// judge complains about what one name declares or means.
func judge(info *types.Info, say func(ast.Node, string, ...any), id *ast.Ident) {
	if obj := info.Uses[id]; obj != nil && obj.Pkg() != nil && obj.Pkg().Path() == "time" && obj.Parent() == obj.Pkg().Scope() {
		if _, constant := obj.(*types.Const); !constant && obj.Name() != "Duration" {
			say(id, "time.%s: the time is an argument here, a time.Duration", obj.Name())
		}
	}
	obj := info.Defs[id]
	if obj == nil {
		obj = info.Uses[id]
	}
	if obj == nil {
		return
	}
	if isFloat(obj.Type()) {
		say(id, "%s is a float: machines round differently", id.Name)
	}
	v, ok := info.Defs[id].(*types.Var)
	if !ok || v.IsField() || v.Name() == "_" || v.Parent() != v.Pkg().Scope() {
		return
	}
	if v.Type().String() != "error" && !isPlain(v.Type()) {
		say(id, "package variable %s: only errors and constant tables (arrays) may be global", id.Name)
	}
}

// notGlobal complains if one of the expressions reaches into a package
// variable, which is about to be written or aliased.
func notGlobal(info *types.Info, say func(ast.Node, string, ...any), exprs ...ast.Expr) {
	for _, e := range exprs {
		root := e
		for inside := true; inside; {
			switch x := root.(type) {
			case *ast.IndexExpr:
				root = x.X
			case *ast.SelectorExpr:
				root = x.X
			case *ast.ParenExpr:
				root = x.X
			default:
				inside = false
			}
		}
		id, ok := root.(*ast.Ident)
		if !ok {
			continue
		}
		if v, ok := info.Uses[id].(*types.Var); ok && !v.IsField() && v.Pkg() != nil && v.Parent() == v.Pkg().Scope() {
			say(e, "package variable %s is written, or could be", id.Name)
		}
	}
}

// takesAddress reports whether sel is a method with a pointer receiver, chosen
// on a value.
func takesAddress(sel *types.Selection) bool {
	if sel == nil || sel.Kind() != types.MethodVal {
		return false
	}
	_, onPointer := sel.Recv().(*types.Pointer)
	_, wantsPointer := sel.Obj().Type().(*types.Signature).Recv().Type().(*types.Pointer)
	return wantsPointer && !onPointer
}

func isFloat(t types.Type) bool {
	if t == nil {
		return false
	}
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&(types.IsFloat|types.IsComplex) != 0 && b.Info()&types.IsUntyped == 0
}

func isMap(t types.Type) bool {
	if p, ok := t.(*types.TypeParam); ok {
		if u, ok := p.Constraint().Underlying().(*types.Interface); ok && u.NumEmbeddeds() == 1 {
			if union, ok := u.EmbeddedType(0).(*types.Union); ok && union.Len() > 0 {
				return isMap(union.Term(0).Type())
			}
		}
	}
	_, ok := t.Underlying().(*types.Map)
	return ok
}

// isPlain reports whether a value of type t holds no pointer: copying it is
// the only way to share it.
func isPlain(t types.Type) bool {
	switch t := t.Underlying().(type) {
	case *types.Basic:
		return true
	case *types.Array:
		return isPlain(t.Elem())
	case *types.Struct:
		for field := range t.Fields() {
			if !isPlain(field.Type()) {
				return false
			}
		}
		return true
	}
	return false
}

// exports returns an importer for all that the packages in dir import: the
// export data that the compiler wrote, which go list finds.
func exports(t *testing.T, dir string, packages ...string) types.Importer {
	t.Helper()
	if len(packages) == 0 {
		packages = []string{"."}
	}
	cmd := exec.Command("go", append([]string{"list", "-export", "-deps", "-json=ImportPath,Export"}, packages...)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %v\n%s", cmd.Args, err, stderr.Bytes())
	}
	found := map[string]string{}
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p struct{ ImportPath, Export string }
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		found[p.ImportPath] = p.Export
	}
	return importer.ForCompiler(token.NewFileSet(), "gc", func(path string) (io.ReadCloser, error) {
		if found[path] == "" {
			return nil, fmt.Errorf("no export data of %s: %w", path, fs.ErrNotExist)
		}
		return os.Open(found[path])
	})
}

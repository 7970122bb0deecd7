package fb_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/tuttiplay/tutti/lobby/internal/fb"
	"github.com/tuttiplay/tutti/netcode/wire"
)

var specs = []*wire.TableSpec{
	fb.ChallengeSpec, fb.MemberSpec, fb.RoomSpec, fb.HelloSpec, fb.WelcomeSpec, fb.RefusedSpec, fb.CommandSpec,
	fb.RelaySpec, fb.LinksSpec, fb.BeatSpec, fb.ServersSpec,
}

// What a type of the schema is stored as; a schema that uses another type has
// to say so here.
var stored = map[string]wire.Field{
	"bool": {Type: wire.Scalar, Size: 1}, "ubyte": {Type: wire.Scalar, Size: 1}, "uint": {Type: wire.Scalar, Size: 4},
	"ulong": {Type: wire.Scalar, Size: 8}, "long": {Type: wire.Scalar, Size: 8},
	"string": {Type: wire.String}, "[ubyte]": {Type: wire.Scalars, Size: 1}, "[string]": {Type: wire.Strings},
	"[Member]": {Type: wire.Tables, Table: fb.MemberSpec}, "Room": {Type: wire.Table, Table: fb.RoomSpec},
}

// TestSpecsMatchSchema reads the schema as text: a field that is added, moved,
// renamed or retyped there has to change in specs.go as well, or Verify would
// check something else than the accessors read.
func TestSpecsMatchSchema(t *testing.T) {
	raw, err := os.ReadFile("lobby.fbs")
	if err != nil {
		t.Fatal(err)
	}
	schema := regexp.MustCompile(`//[^\n]*`).ReplaceAllString(string(raw), "")
	table := regexp.MustCompile(`table\s+(\w+)\s*\{([^}]*)\}`)
	known := regexp.MustCompile(`enum\s+\w+\s*:\s*ubyte\s*\{[^}]*\}|root_type\s+\w+\s*;|\s+`)
	if rest := known.ReplaceAllString(table.ReplaceAllString(schema, ""), ""); rest != "" {
		t.Fatalf("this test does not understand %q of the schema", rest)
	}
	field := regexp.MustCompile(`^(\w+)\s*:\s*([\w\[\]]+)\s*(\(required\))?$`)
	tables := table.FindAllStringSubmatch(schema, -1)
	if len(tables) != len(specs) {
		t.Fatalf("the schema has %d tables, specs.go describes %d", len(tables), len(specs))
	}
	for _, m := range tables {
		var spec *wire.TableSpec
		for _, s := range specs {
			if s.Name == m[1] {
				spec = s
			}
		}
		if spec == nil {
			t.Fatalf("specs.go has no %s", m[1])
		}
		lines := strings.Split(strings.TrimSuffix(strings.TrimSpace(m[2]), ";"), ";")
		if len(lines) != len(spec.Fields) {
			t.Errorf("%s has %d fields in the schema, %d in specs.go", spec.Name, len(lines), len(spec.Fields))
			continue
		}
		for slot, line := range lines {
			f := field.FindStringSubmatch(strings.TrimSpace(line))
			if f == nil {
				t.Fatalf("%s: this test does not understand %q", spec.Name, line)
			}
			want, ok := stored[f[2]]
			if !ok {
				t.Fatalf("%s.%s: how is a %s stored?", spec.Name, f[1], f[2])
			}
			got := spec.Fields[slot]
			if got.Name != f[1] || got.Type != want.Type || got.Size != want.Size || got.Table != want.Table || got.Required != (f[3] != "") {
				t.Errorf("%s slot %d: schema has %q, specs.go %+v", spec.Name, slot, strings.TrimSpace(line), got)
			}
			if want.Type != wire.Scalar && want.Type != wire.Table && got.Max == 0 {
				t.Errorf("%s.%s has no Max", spec.Name, f[1])
			}
		}
	}
}

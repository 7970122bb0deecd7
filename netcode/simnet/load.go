package simnet

import (
	"fmt"
	"io/fs"
	"strings"
)

// File is one scenario that [Load] found.
type File struct {
	// Name is the file's name without ".txt".
	Name string
	Scenario
}

// Load reads all scenarios *.txt of a folder, such as
//
//	os.DirFS("testdata/scenarios")
//
// in the order of their names. The error is fsys's, or a [*ParseError] with the
// file's name before it, or says that there is none: a test that replays
// nothing proves nothing.
func Load(fsys fs.FS) ([]File, error) {
	names, err := fs.Glob(fsys, "*.txt")
	if err != nil {
		return nil, err
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("simnet: no scenario *.txt: %w", fs.ErrNotExist)
	}
	files := make([]File, len(names))
	for i, name := range names {
		text, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, fmt.Errorf("simnet: %w", err)
		}
		s, err := Parse(string(text))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		files[i] = File{Name: strings.TrimSuffix(name, ".txt"), Scenario: s}
	}
	return files, nil
}

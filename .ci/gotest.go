// Command gotest reads what go test -json prints and prints what go test would: one line per package, and the whole
// output of every test that failed. Unlike go test it also fails when a test is skipped, and says which and why:
// a machine of ours has everything a test may need. -skips=show only lists them, and -list FILE writes which they were:
// a package and a test of it per line.
//
//	go test -json ./... | go run ./.ci/gotest.go
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
)

type event struct {
	Action, Package, ImportPath, Test, Output string
}

func main() {
	skips := flag.String("skips", "fail", "what to do about skipped tests: fail or show")
	list := flag.String("list", "", "file to write the skipped tests to")
	flag.Parse()
	output := map[string][]string{} // of tests that run, by package and test
	var skipped, names []string
	passed, failed := 0, 0
	in := bufio.NewReader(os.Stdin)
	for {
		line, err := in.ReadBytes('\n')
		if err != nil {
			break
		}
		var e event
		if json.Unmarshal(line, &e) != nil {
			os.Stdout.Write(line) // not from a test: the go command itself
			continue
		}
		key := e.Package + " " + e.Test
		switch {
		case e.Action == "build-output":
			fmt.Print(e.Output)
		case e.Action == "build-fail":
			failed++
		case e.Action == "output" && e.Test == "":
			if e.Output != "PASS\n" {
				fmt.Print(e.Output)
			}
		case e.Action == "output":
			if !strings.HasPrefix(e.Output, "=== ") {
				output[key] = append(output[key], e.Output)
			}
		case e.Action == "pass" && e.Test != "":
			passed++
			delete(output, key)
		case e.Action == "fail":
			failed++
			for k, lines := range output {
				// A package that fails as a whole may have died in the middle of a test.
				if k == key || e.Test == "" && strings.HasPrefix(k, key) {
					fmt.Print(strings.Join(lines, ""))
					delete(output, k)
				}
			}
		case e.Action == "skip" && e.Test != "":
			whole, _, _ := strings.Cut(e.Test, "/")
			names = append(names, e.Package+" "+whole+"\n")
			skipped = append(skipped, key+"\n"+strings.Join(output[key], ""))
			delete(output, key)
		}
	}
	fmt.Printf("%d tests passed, %d failures, %d skipped\n", passed, failed, len(skipped))
	for _, s := range skipped {
		fmt.Print("skipped: ", s)
	}
	if *list != "" {
		slices.Sort(names)
		if err := os.WriteFile(*list, []byte(strings.Join(slices.Compact(names), "")), 0o644); err != nil {
			fmt.Fprintln(os.Stderr, "gotest:", err)
			os.Exit(1)
		}
	}
	if failed > 0 || *skips == "fail" && len(skipped) > 0 {
		os.Exit(1)
	}
}

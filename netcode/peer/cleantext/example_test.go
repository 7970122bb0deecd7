package cleantext_test

import (
	"fmt"

	"github.com/tuttiplay/tutti/netcode/peer/cleantext"
)

func ExampleName() {
	fmt.Printf("%q\n", cleantext.Name("  Ann\n the\u200b  Great "))
	fmt.Printf("%q\n", cleantext.Name("\ufe0f\ufe0f\ufe0f"))
	// Output:
	// "Ann the Great"
	// ""
}

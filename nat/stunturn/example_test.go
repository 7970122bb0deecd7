//go:build !js

package stunturn_test

import (
	"errors"
	"fmt"

	"github.com/tuttiplay/tutti/nat/stunturn"
)

func ExampleListen() {
	server, err := stunturn.Listen("127.0.0.1:0", stunturn.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer server.Close()

	_, err = stunturn.Listen(server.Addr().String(), stunturn.Config{})
	fmt.Println("a second one:", errors.Is(err, stunturn.ErrPortInUse))
	// Output: a second one: true
}

package evidence_test

import (
	"fmt"
	"strings"

	"github.com/tuttiplay/tutti/netcode/evidence"
	"github.com/tuttiplay/tutti/netcode/peer"
)

// A judge gets a mail. Nobody else is asked, and no server.
func ExampleCheck() {
	mail := `He told me that he went up, and my friend that he went down!

-----BEGIN TUTTI PROOF-----
AXR1AAAAAAAAAAAAAAAAAAkCmX7C5LeUFmcojI4BVWK7Z8XFlAbHu1r1xME0noNY
ytAAAAAAHgAAACzgyglxKr0W/W6B5BIinc0zdj0F53sFroNMBTKDxs5T3EXrwC7R
9eZj7T7XZvvLSar65rRN82f+ujeUHjE5ddnubNa097K/IJAi916S0UhV17hOsdFW
yheM5eonBEkKBXbyOx7eCbKmMe0ByiYDZYA+euXcUFK/0j6WvEy8K5FNHNji5THB
YsvMgDHfVGX9C7P1R8K+1OmIq2Yz+n1xrwS4hZ8474FbW6QiLLH37cY7NaIwEZWg
iE4iBuBUn/FgAA==
-----END TUTTI PROOF-----
`
	found, err := evidence.Check([]byte(mail))
	if err != nil {
		fmt.Println("this proves nothing:", err)
		return
	}
	fmt.Println("guilty:", found.Guilty.Short())
	fmt.Printf("match:  %x\n", found.Match[:4])
	fmt.Println("seat:  ", found.Seat, "before frame", found.Frame)

	// One changed letter, and it convicts nobody.
	_, err = evidence.Check([]byte(strings.Replace(mail, "iE4iBuBU", "iE4iBuBV", 1)))
	fmt.Println("changed:", err)
	// Output:
	// guilty: tf7mfzfx
	// match:  74750000
	// seat:   2 before frame 30
	// changed: evidence: the holder did not sign this head
}

// A cheater tells two players two stories. Each holds a signed head, which
// proves nothing; both together do.
func ExampleNewProof() {
	cheater := peer.KeyFromSeed([peer.SeedSize]byte{1})
	match := [16]byte{2}
	sign := func(move string) evidence.Head {
		tag := evidence.Root(match, 0, cheater.ID(), 0).Next(0, []byte(move), nil)
		return evidence.Sign(cheater, evidence.Head{Match: match, Seat: 0, Frame: 1, Tag: tag})
	}
	forAnna, forBen := sign("rock"), sign("paper")

	_, err := evidence.NewProof(forAnna, forAnna)
	fmt.Println("Anna alone:", err)
	proof, err := evidence.NewProof(forAnna, forBen)
	fmt.Println("with Ben:", err, proof.Guilty() == cheater.ID())
	// Output:
	// Anna alone: evidence: the heads agree
	// with Ben: <nil> true
}

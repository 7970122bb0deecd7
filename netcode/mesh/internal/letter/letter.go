package letter

import "time"

// Version is the first byte of every letter. A letter of another version is
// dropped; the versions of the games are compared in the room.
const Version = 2

// Kind says what a letter is about.
type Kind uint8

// The kinds of letters.
const (
	Hello     Kind = iota + 1 // I am here; here is a challenge, or give me one
	Offer                     // from the lower ID, answers a challenge
	Answer                    // from the higher ID, answers an offer's nonce
	Address                   // one more address of the sender
	Restart                   // from the lower ID: an offer of new ICE credentials for a session
	Restarted                 // from the higher ID, answers that
)

// The largest parts of a letter in bytes. A whole letter fits peer.MaxMessage.
const (
	MaxSDP       = 8 << 10
	MaxCandidate = 512
	MaxMid       = 32
	maxUfrag     = 256 // RFC 8445
)

// Letter is one message on peer.Signal. What belongs to another kind than Kind is
// neither written nor read.
type Letter struct {
	Kind Kind
	// From and To are the incarnations of sender and receiver: a number that
	// each mesh draws for itself, see package process. To is 0 where the sender
	// does not know it. A letter to another incarnation is late, not wrong.
	From, To uint64

	// Hello: Ask wants a challenge back, Want wants a new connection even if
	// the receiver thinks the present one is fine.
	// Again asks for an ICE restart.
	Ask, Want, Again bool
	// Signed is a Hello that has Echo, Session and Sig: only such a one changes
	// anything about a connection that works.
	Signed bool
	// Session is that of the connection which a signed Hello is about.
	Session Nonce
	// Challenge is the fresh number of the other side that a Restart answers.
	Challenge Nonce
	// Nonce is fresh in Hello, Offer and Answer; in an Address it is that of the Offer.
	Nonce Nonce
	// Echo is the fresh number of the other side that Offer and Answer reply to.
	Echo Nonce

	// Offer, Answer, Restart and Restarted:
	Lifetime    time.Duration // whole milliseconds
	Seal        [32]byte      // the sender's public half for what goes through a third member
	Fingerprint [32]byte      // SHA-256 of the certificate
	SDP         string        // empty: no connection is wanted, only the seal
	// Sig is of all kinds; of a Hello only if it is Signed. An Address that anybody
	// could put in would be tried, and who carries the letters knows what to answer there.
	Sig [64]byte
	// Ufrag is of all kinds but Hello.
	Ufrag string

	// Candidate is of Address.
	Candidate Candidate
}

// Candidate is an address that a connection may be made to.
type Candidate struct {
	Text  string // as in SDP, without "a="
	Mid   string // of the section it belongs to
	MLine uint16 // the place of that section
}

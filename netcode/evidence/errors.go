package evidence

import "errors"

// What can be wrong with heads and proofs. Test with errors.Is; bytes that end
// early or hold a number out of range are package wire's errors instead.
var (
	// ErrHead: a head names no holder, a seat that no match has or a negative
	// frame. Nobody signs such a head.
	ErrHead = errors.New("evidence: this cannot be the head of a log")
	// ErrSignature: the signature is not the holder's over this head.
	ErrSignature = errors.New("evidence: the holder did not sign this head")
	// ErrMixed: the two heads are not about the same place of the same log, so
	// they cannot contradict each other.
	ErrMixed = errors.New("evidence: the heads belong to different places or logs")
	// ErrAgree: the two heads tell the same history.
	ErrAgree = errors.New("evidence: the heads agree")
	// ErrOpening: the entries do not lead to the later head, so they are not
	// what its holder signed.
	ErrOpening = errors.New("evidence: the entries do not lead to the signed head")
	// ErrForm: the bytes or the text are no proof of the kind that was asked for.
	ErrForm = errors.New("evidence: not in the form of a proof")
)

package epoch

import "errors"

// Errors of [Machine.Receive] and [Machine.Adopt], beside those of package
// wire. What came is dropped; the machine is as it was.
var (
	// ErrMember: no such member, or it speaks for another.
	ErrMember = errors.New("epoch: message of nobody")
	// ErrRecord: the record contradicts itself or the epoch it ends.
	ErrRecord = errors.New("epoch: record does not fit its epoch")
	// ErrQuorum: the votes are no quorum.
	ErrQuorum = errors.New("epoch: certificate without a quorum")
	// ErrForged: a signature does not hold.
	ErrForged = errors.New("epoch: signature does not hold")
	// ErrBusy: too much to verify came from this member at once. Later it may
	// be welcome.
	ErrBusy = errors.New("epoch: too many signatures at once")
	// ErrAhead: the certificate is of a later epoch, which cannot be verified
	// yet.
	ErrAhead = errors.New("epoch: certificate of a later epoch")
	// ErrConflict: the certificate ends an epoch in another way than the one
	// that is known. Somebody voted twice.
	ErrConflict = errors.New("epoch: two certificates for one epoch")
)

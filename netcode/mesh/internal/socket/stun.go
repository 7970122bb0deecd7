//go:build !js

package socket

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1"
	"encoding/binary"
	"hash"
	"hash/crc32"
)

// What we read and write of STUN (RFC 8489) and ICE (RFC 8445): checks, that is
// Binding requests signed with a short-term password. Everything else of STUN
// is pion's or package nat's.
const (
	stunHead   = 20
	stunCookie = 0x2112a442

	bindingRequest = 0x0001
	bindingSuccess = 0x0101

	attrUsername    = 0x0006
	attrIntegrity   = 0x0008
	attrPriority    = 0x0024
	attrControlled  = 0x8029
	attrControlling = 0x802a
	attrFingerprint = 0x8028

	integritySize    = sha1.Size
	fingerprintXOR   = 0x5354554e
	checkPriority    = 110<<24 | 65535<<8 | 255 // of a peer-reflexive address, RFC 8445 §5.1.2
	maxStunAttribute = 64
)

// isSTUN says whether b can be a STUN message.
func isSTUN(b []byte) bool {
	return len(b) >= stunHead && b[0]&0xc0 == 0 && binary.BigEndian.Uint32(b[4:]) == stunCookie &&
		stunHead+int(binary.BigEndian.Uint16(b[2:])) == len(b) && len(b)%4 == 0
}

func isRequest(b []byte) bool { return binary.BigEndian.Uint16(b) == bindingRequest }

func isSuccess(b []byte) bool { return binary.BigEndian.Uint16(b) == bindingSuccess }

// transaction is the number of a request, which its answer repeats.
type transaction [12]byte

func transactionOf(b []byte) transaction { return transaction(b[8:stunHead]) }

// check is what we look at in a request. Its slices point into the message.
type check struct {
	ours, theirs []byte // user fragments, as the USERNAME has them: receiver's first
	integrity    []byte
	signed       []byte // what integrity covers, with a length in its head that is not that of the message
}

// parseCheck reads a request that isSTUN. It allocates nothing.
func parseCheck(b []byte) (c check, ok bool) {
	if c, ok = parseSigned(b); c.ours == nil {
		return check{}, false
	}
	return c, ok
}

// parseSigned reads a message that isSTUN, with or without names. It allocates
// nothing.
func parseSigned(b []byte) (c check, ok bool) {
	at := stunHead
	for range maxStunAttribute {
		if at == len(b) {
			break
		}
		if at+4 > len(b) {
			return check{}, false
		}
		kind, n := binary.BigEndian.Uint16(b[at:]), int(binary.BigEndian.Uint16(b[at+2:]))
		end := at + 4 + n
		if end > len(b) {
			return check{}, false
		}
		value := b[at+4 : end]
		switch {
		case kind == attrUsername && c.ours == nil:
			c.ours, c.theirs, ok = bytes.Cut(value, []byte{':'})
			if !ok || len(c.ours) == 0 {
				return check{}, false
			}
		case kind == attrIntegrity && n == integritySize:
			c.integrity, c.signed = value, b[:at]
			return c, true // what follows is not signed
		}
		at = end + (4-n%4)%4
		if at > len(b) {
			return check{}, false
		}
	}
	return check{}, false
}

// signer makes and checks the integrity of messages with one password. It
// allocates nothing after its making; for one goroutine at a time.
type signer struct {
	mac  hash.Hash
	head [stunHead]byte
	sum  [integritySize]byte
}

func newSigner(password string) *signer { return &signer{mac: hmac.New(sha1.New, []byte(password))} }

// sign computes the integrity of a message up to, and without, that attribute.
func (s *signer) sign(b []byte) []byte {
	copy(s.head[:], b)
	// The length counts as if the message ended with the integrity.
	binary.BigEndian.PutUint16(s.head[2:], uint16(len(b)-stunHead+4+integritySize))
	s.mac.Reset()
	s.mac.Write(s.head[:])
	s.mac.Write(b[stunHead:])
	return s.mac.Sum(s.sum[:0])
}

func (s *signer) good(c *check) bool { return hmac.Equal(s.sign(c.signed), c.integrity) }

// appendCheck writes a request that a peer's ICE takes for one of its own kind.
func appendCheck(b []byte, s *signer, username string, controlling bool, tie uint64) []byte {
	start := len(b)
	b = binary.BigEndian.AppendUint16(b, bindingRequest)
	b = append(b, 0, 0)
	b = binary.BigEndian.AppendUint32(b, stunCookie)
	var id [12]byte
	rand.Read(id[:]) // never fails: see crypto/rand
	b = append(b, id[:]...)
	b = appendAttribute(b, attrUsername, []byte(username))
	b = binary.BigEndian.AppendUint32(append(b, 0, attrPriority, 0, 4), checkPriority)
	role := uint16(attrControlled)
	if controlling {
		role = attrControlling
	}
	b = binary.BigEndian.AppendUint16(b, role)
	b = binary.BigEndian.AppendUint64(append(b, 0, 8), tie)
	b = appendAttribute(b, attrIntegrity, s.sign(b[start:]))
	binary.BigEndian.PutUint16(b[start+2:], uint16(len(b)-start-stunHead+8))
	sum := crc32.ChecksumIEEE(b[start:]) ^ fingerprintXOR
	b = binary.BigEndian.AppendUint16(b, attrFingerprint)
	return binary.BigEndian.AppendUint32(append(b, 0, 4), sum)
}

func appendAttribute(b []byte, kind uint16, value []byte) []byte {
	b = binary.BigEndian.AppendUint16(b, kind)
	b = binary.BigEndian.AppendUint16(b, uint16(len(value)))
	b = append(b, value...)
	for range (4 - len(value)%4) % 4 {
		b = append(b, 0)
	}
	return b
}

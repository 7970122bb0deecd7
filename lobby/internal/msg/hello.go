package msg

import (
	"encoding/binary"
	"slices"

	flatbuffers "github.com/google/flatbuffers/go"

	"github.com/tuttiplay/tutti/lobby/internal/fb"
	"github.com/tuttiplay/tutti/lobby/internal/roomstate"
	"github.com/tuttiplay/tutti/netcode/peer"
)

// The largest texts in bytes.
const (
	MaxGame  = fb.MaxGame
	MaxBuild = fb.MaxBuild
	MaxName  = fb.MaxName
)

// Nonce is the server's challenge: random, one for each connection.
type Nonce [fb.Nonce]byte

// Challenge returns the server's first message.
func Challenge(n Nonce) []byte {
	b := flatbuffers.NewBuilder(64)
	nonce := b.CreateByteVector(n[:])
	fb.ChallengeStart(b)
	fb.ChallengeAddNonce(b, nonce)
	return seal(KindChallenge, b, fb.ChallengeEnd(b))
}

// ParseChallenge reads the table of [Challenge].
func ParseChallenge(table []byte) (Nonce, error) {
	if err := verify(table, fb.ChallengeSpec); err != nil {
		return Nonce{}, err
	}
	b := fb.GetRootAsChallenge(table, 0).NonceBytes()
	if len(b) != fb.Nonce {
		return Nonce{}, nonsense("a challenge of another size")
	}
	return Nonce(b), nil
}

// Signed is what a client signs to prove that it is its ID: this server's
// challenge, for this purpose and game, and nothing that another protocol of
// ours could take for its own.
func Signed(n Nonce, game string) []byte {
	const purpose = "tutti lobby hello v1\x00"
	b := append(make([]byte, 0, len(purpose)+len(n)+2+len(game)), purpose...)
	b = append(b, n[:]...)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(game)))
	return append(b, game...)
}

// Hello is who a client is and what room it wants.
type Hello struct {
	ID        peer.ID
	Signature []byte // over Signed
	Game      string // 1 to MaxGame bytes
	Build     string // at most MaxBuild bytes
	Name      string // at most MaxName bytes
	Code      string // "" makes a new room
	Seats     int    // of a new room
	AutoStart int    // of a new room
	// Resume is the room as the client last saw it; nil if it never did.
	Resume *roomstate.Room
	// Vouch is the word of the member that let the client in while the server was
	// away; nil is nobody's.
	Vouch *Vouch
}

// Vouch is a member's word that it let somebody into its room: a signature over
// [Vouched].
type Vouch struct {
	By        peer.ID
	Signature [fb.Signature]byte
}

// Vouched is what a member signs who let somebody in.
func Vouched(room [fb.RoomID]byte, who peer.ID) []byte {
	b := append([]byte("tutti lobby vouch v1\x00"), room[:]...)
	return append(b, who[:]...)
}

// Good says whether v is the word of By for who in that room.
func (v *Vouch) Good(room [fb.RoomID]byte, who peer.ID) bool {
	return v.By != who && v.By.Verify(Vouched(room, who), v.Signature[:])
}

// Message returns the message that carries h.
func (h Hello) Message() []byte {
	b := flatbuffers.NewBuilder(512)
	var resume flatbuffers.UOffsetT
	if h.Resume != nil {
		resume = putRoom(b, h.Resume)
	}
	who, sig := b.CreateByteVector(h.ID[:]), b.CreateByteVector(h.Signature)
	var vouch flatbuffers.UOffsetT
	if h.Vouch != nil {
		vouch = b.CreateByteVector(append(h.Vouch.By[:], h.Vouch.Signature[:]...))
	}
	game, build, name, code := b.CreateString(h.Game), b.CreateString(h.Build), b.CreateString(h.Name), b.CreateString(h.Code)
	fb.HelloStart(b)
	fb.HelloAddId(b, who)
	fb.HelloAddSignature(b, sig)
	fb.HelloAddGame(b, game)
	fb.HelloAddBuild(b, build)
	fb.HelloAddName(b, name)
	fb.HelloAddCode(b, code)
	fb.HelloAddSeats(b, byte(h.Seats))
	fb.HelloAddAutoStart(b, byte(h.AutoStart))
	if h.Resume != nil {
		fb.HelloAddResume(b, resume)
	}
	if h.Vouch != nil {
		fb.HelloAddVouch(b, vouch)
	}
	return seal(KindHello, b, fb.HelloEnd(b))
}

// ParseHello reads the table of [Hello.Message]. The signature is not checked.
func ParseHello(table []byte) (Hello, error) {
	if err := verify(table, fb.HelloSpec); err != nil {
		return Hello{}, err
	}
	t := fb.GetRootAsHello(table, 0)
	h := Hello{
		Signature: append([]byte(nil), t.SignatureBytes()...),
		Game:      string(t.Game()), Build: string(t.Build()), Name: string(t.Name()), Code: string(t.Code()),
		Seats: int(t.Seats()), AutoStart: int(t.AutoStart()),
	}
	var err error
	if h.ID, err = id(t.IdBytes()); err != nil {
		return Hello{}, err
	}
	if r := t.Resume(nil); r != nil {
		if h.Resume, err = getRoom(r); err != nil {
			return Hello{}, err
		}
	}
	if v := t.VouchBytes(); len(v) == fb.Vouch {
		h.Vouch = &Vouch{By: peer.ID(v[:peer.IDSize]), Signature: [fb.Signature]byte(v[peer.IDSize:])}
	} else if len(v) != 0 {
		return Hello{}, nonsense("a word of another size")
	}
	switch {
	case h.ID.IsZero():
		return Hello{}, nonsense("a hello of nobody")
	case h.Game == "":
		return Hello{}, nonsense("a hello without a game")
	}
	return h, nil
}

// Welcome is what a client learns when it enters a room.
type Welcome struct {
	Room       *roomstate.Room
	ICEServers []string // at most fb.MaxICE
	GraceMs    uint32   // how long a lost member keeps its place
}

// Message returns the message that carries w.
func (w Welcome) Message() []byte {
	b := flatbuffers.NewBuilder(1024)
	room := putRoom(b, w.Room)
	ice := putURLs(b, w.ICEServers)
	fb.WelcomeStart(b)
	fb.WelcomeAddRoom(b, room)
	fb.WelcomeAddIceServers(b, ice)
	fb.WelcomeAddGraceMs(b, w.GraceMs)
	return seal(KindWelcome, b, fb.WelcomeEnd(b))
}

// ParseWelcome reads the table of [Welcome.Message].
func ParseWelcome(table []byte) (Welcome, error) {
	if err := verify(table, fb.WelcomeSpec); err != nil {
		return Welcome{}, err
	}
	t := fb.GetRootAsWelcome(table, 0)
	room, err := getRoom(t.Room(nil))
	if err != nil {
		return Welcome{}, err
	}
	urls, err := getURLs(t)
	if err != nil {
		return Welcome{}, err
	}
	return Welcome{Room: room, GraceMs: t.GraceMs(), ICEServers: urls}, nil
}

// Servers returns the message that carries Welcome.ICEServers anew.
func Servers(urls []string) []byte {
	b := flatbuffers.NewBuilder(1024)
	ice := putURLs(b, urls)
	fb.ServersStart(b)
	fb.ServersAddIceServers(b, ice)
	return seal(KindServers, b, fb.ServersEnd(b))
}

// ParseServers reads the table of [Servers].
func ParseServers(table []byte) ([]string, error) {
	if err := verify(table, fb.ServersSpec); err != nil {
		return nil, err
	}
	return getURLs(fb.GetRootAsServers(table, 0))
}

func putURLs(b *flatbuffers.Builder, urls []string) flatbuffers.UOffsetT {
	texts := make([]flatbuffers.UOffsetT, len(urls))
	for i, url := range urls {
		texts[i] = b.CreateString(url)
	}
	b.StartVector(flatbuffers.SizeUOffsetT, len(texts), flatbuffers.SizeUOffsetT)
	for _, text := range slices.Backward(texts) {
		b.PrependUOffsetT(text)
	}
	return b.EndVector(len(texts))
}

// getURLs reads what Welcome and Servers both have.
func getURLs(t interface {
	IceServersLength() int
	IceServers(i int) []byte
},
) ([]string, error) {
	var urls []string
	for i := range t.IceServersLength() {
		url := string(t.IceServers(i))
		if len(url) > fb.MaxURL {
			return nil, nonsense("a long ICE server")
		}
		urls = append(urls, url)
	}
	return urls, nil
}

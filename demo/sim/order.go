package sim

// Emotes that a player can show over the ship, by number 1 to Emotes, for
// EmoteFrames frames.
const (
	Emotes      = 8
	EmoteFrames = 2 * FrameRate
)

// orderEmote is the first byte of the only order there is: it is followed by the
// emote's number.
const orderEmote = 1

// EmoteOrder returns the order that shows an emote, 1 to [Emotes], over the
// ship of the seat it is given for. Orders with another number are ignored by
// everyone.
func EmoteOrder(emote int) []byte { return []byte{orderEmote, byte(min(max(emote, 0), 255))} }

// order carries out one order of a seat. It comes from a peer, so what it does not
// understand it ignores, the same way on every machine.
func (w *World) order(seat int, b []byte) {
	if len(b) != 2 || b[0] != orderEmote || b[1] < 1 || b[1] > Emotes {
		return
	}
	s := &w.ships[seat]
	// One more, since the frame it arrives on counts down already.
	s.emote, s.emoteFor = b[1], EmoteFrames+1
	w.note(Event{Kind: Emoted, Seat: seat, Team: team(seat), Pos: s.pos})
}

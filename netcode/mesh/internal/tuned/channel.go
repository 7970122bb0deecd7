//go:build !js

package tuned

import "github.com/pion/webrtc/v4"

// Moves is how a channel for moves is opened: unordered, for an ordered one waits
// for what is lost (W7), and what is late is given up after [MoveRetransmits]. A
// lifetime in their place starts its clock anew each time and drops nothing (W4).
// Opened in-band: a channel that is negotiated beforehand loses these settings (W1).
func Moves() *webrtc.DataChannelInit {
	ordered, times := false, uint16(MoveRetransmits)
	return &webrtc.DataChannelInit{Ordered: &ordered, MaxRetransmits: &times}
}

// Reliable is how a channel is opened that loses nothing.
func Reliable(ordered bool) *webrtc.DataChannelInit {
	return &webrtc.DataChannelInit{Ordered: &ordered}
}

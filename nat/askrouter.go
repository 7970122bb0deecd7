//go:build !js

package nat

import (
	"context"
	"net"

	"github.com/tuttiplay/tutti/nat/internal/portmap"
)

// AskRouter is a [Config.Router]: it has the home router open a port, notes what
// it says about itself, and has it closed again. It blocks until ctx ends at
// most, and some milliseconds more for the closing; 5 s in any case.
func AskRouter(ctx context.Context) (out Router) {
	out.Asked = true
	// A port that is free, and ours while we ask.
	socket, err := net.ListenUDP("udp4", nil)
	if err != nil {
		return out
	}
	defer socket.Close()
	port := uint16(socket.LocalAddr().(*net.UDPAddr).Port)
	_ = portmap.Find(ctx, func(ctx context.Context, r portmap.Router) bool { // why none was found is for nobody
		external, _, err := r.Open(ctx, port)
		if err != nil {
			return false
		}
		out.Maps, out.External = true, external.Addr()
		late, cancel := context.WithTimeout(context.WithoutCancel(ctx), closePortWithin)
		defer cancel()
		_ = r.Shut(late, port)
		return true
	})
	return out
}

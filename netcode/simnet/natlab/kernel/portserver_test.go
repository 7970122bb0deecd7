//go:build linux

package kernel

import "testing"

func TestPortServerBegins(t *testing.T) {
	if err := CheckPorts(); err != nil {
		t.Skip(err)
	}
	town := build(t, Cone)
	p, err := town.Sites[0].ServePorts(UPnP, NATPMP)
	if err != nil {
		t.Fatal(err)
	}
	p.Close()
	t.Log(p.Log())
}

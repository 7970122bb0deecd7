package mesh

import (
	"reflect"
	"testing"
)

func TestPageServers(t *testing.T) {
	got := pageServers([]string{
		"stun:stun.example.org:3478", "turn:1%3Abo:a%2Fb@[2001:db8::1]:99?transport=udp", "turns:h:1", "nonsense",
	})
	want := []any{
		map[string]any{"urls": "stun:stun.example.org:3478"},
		map[string]any{"urls": "turn:[2001:db8::1]:99?transport=udp", "username": "1:bo", "credential": "a/b"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if got := pageServers(make([]string, 9)); len(got) != 0 {
		t.Errorf("%v", got)
	}
}

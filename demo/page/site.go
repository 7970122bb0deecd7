//go:build !js

package page

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
)

//go:embed index.html
var indexHTML string

// sizeMark in index.html stands for the size of the program in bytes, which a
// browser cannot know from a compressed answer.
const sizeMark = "__PROGRAM_BYTES__"

// Site is the finished page, held in memory, compressed in advance. It is an
// [http.Handler] and safe for concurrent use.
type Site struct {
	files map[string]*file
	size  int // of the program, bytes
	lobby http.Handler
}

// lobbyMark in index.html stands for the address of the lobby server.
const lobbyMark = "__LOBBY_SERVER__"

// LobbyPath is where a page's own lobby server is, see [Site.Host].
const LobbyPath = "/lobby"

type file struct {
	mime string
	raw  []byte
	gz   []byte
	etag string
}

func newSite(program, support []byte) *Site {
	s := &Site{size: len(program), files: map[string]*file{
		"/wasm_exec.js":  newFile("text/javascript; charset=utf-8", support),
		"/ricochet.wasm": newFile("application/wasm", program),
	}}
	s.Lobby("")
	return s
}

// Lobby tells the page the address of the lobby server; "" is none. Call it, and
// Host, before the page is served.
func (s *Site) Lobby(server string) {
	index := strings.ReplaceAll(indexHTML, sizeMark, strconv.Itoa(s.size))
	text, _ := json.Marshal(server) // a string always has a JSON form, and none that ends a script
	index = strings.ReplaceAll(index, lobbyMark, string(text))
	s.files["/"] = newFile("text/html; charset=utf-8", []byte(index))
}

// Host makes h the lobby server of the page, below [LobbyPath].
func (s *Site) Host(h http.Handler) {
	s.lobby = http.StripPrefix(LobbyPath, h)
	s.Lobby(LobbyPath)
}

func newFile(mime string, raw []byte) *file {
	var gz bytes.Buffer
	z, _ := gzip.NewWriterLevel(&gz, gzip.BestCompression) // the level is valid
	_, _ = z.Write(raw)                                    // a bytes.Buffer takes everything
	_ = z.Close()
	sum := sha256.Sum256(raw)
	return &file{mime: mime, raw: raw, gz: gz.Bytes(), etag: `"` + hex.EncodeToString(sum[:8]) + `"`}
}

// ProgramBytes returns the size of the WebAssembly program, plain and as sent
// to a browser that takes gzip.
func (s *Site) ProgramBytes() (plain, compressed int) {
	f := s.files["/ricochet.wasm"]
	return len(f.raw), len(f.gz)
}

// ServeHTTP answers for the three files of the page, and for its lobby.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := r.URL.Path
	if s.lobby != nil && strings.HasPrefix(path, LobbyPath+"/") {
		s.lobby.ServeHTTP(w, r)
		return
	}
	if path == "/index.html" {
		path = "/"
	}
	f := s.files[path]
	switch {
	case f == nil:
		http.NotFound(w, r)
		return
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "this page only answers GET", http.StatusMethodNotAllowed)
		return
	}
	h := w.Header()
	h.Set("Content-Type", f.mime)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-cache") // ask again, but a rebuilt page has another tag
	h.Set("ETag", f.etag)
	h.Set("Vary", "Accept-Encoding")
	if strings.Contains(r.Header.Get("If-None-Match"), f.etag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	body := f.raw
	if takesGzip(r) {
		h.Set("Content-Encoding", "gzip")
		body = f.gz
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method == http.MethodGet {
		_, _ = w.Write(body) // a browser that went away needs no answer
	}
}

// takesGzip reports whether the client takes gzip; "gzip;q=0" refuses it.
func takesGzip(r *http.Request) bool {
	for part := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		name, q, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.EqualFold(strings.TrimSpace(name), "gzip") {
			q = strings.ReplaceAll(q, " ", "")
			return q != "q=0" && q != "q=0.0"
		}
	}
	return false
}

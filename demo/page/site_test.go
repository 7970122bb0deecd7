//go:build !js

package page

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestSiteAnswers(t *testing.T) {
	program := strings.Repeat("a program ", 1000)
	site := newSite([]byte(program), []byte("support"))
	for _, c := range []struct {
		path, mime, has string
	}{
		{"/", "text/html; charset=utf-8", `Number("10000")`},
		{"/index.html", "text/html; charset=utf-8", "<title>Ricochet"},
		{"/wasm_exec.js", "text/javascript; charset=utf-8", "support"},
		{"/ricochet.wasm", "application/wasm", program},
		{"/?bots=5", "text/html; charset=utf-8", `Number("10000")`},
	} {
		for _, encoding := range []string{"", "gzip, br", "gzip;q=0"} {
			r := httptest.NewRequest(http.MethodGet, c.path, nil)
			r.Header.Set("Accept-Encoding", encoding)
			w := httptest.NewRecorder()
			site.ServeHTTP(w, r)
			body := io.Reader(w.Body)
			if w.Header().Get("Content-Encoding") == "gzip" {
				if encoding != "gzip, br" {
					t.Errorf("%s: compressed for %q", c.path, encoding)
				}
				var err error
				if body, err = gzip.NewReader(w.Body); err != nil {
					t.Fatal(err)
				}
			}
			text, err := io.ReadAll(body)
			if err != nil {
				t.Fatal(err)
			}
			if w.Code != http.StatusOK || w.Header().Get("Content-Type") != c.mime || !strings.Contains(string(text), c.has) {
				t.Errorf("%s: %d %s, %d bytes; want 200 %s", c.path, w.Code, w.Header().Get("Content-Type"), len(text), c.mime)
			}
		}
	}
}

func TestSiteRefuses(t *testing.T) {
	site := newSite([]byte("program"), []byte("support"))
	for _, c := range []struct {
		method, path string
		code         int
	}{
		{http.MethodGet, "/other", http.StatusNotFound},
		{http.MethodGet, "/../go.mod", http.StatusNotFound},
		{http.MethodPost, "/", http.StatusMethodNotAllowed},
		{http.MethodHead, "/", http.StatusOK},
	} {
		w := httptest.NewRecorder()
		site.ServeHTTP(w, httptest.NewRequest(c.method, c.path, nil))
		if w.Code != c.code {
			t.Errorf("%s %s: %d; want %d", c.method, c.path, w.Code, c.code)
		}
	}
}

func TestSiteIsNotSentTwice(t *testing.T) {
	site := newSite([]byte("program"), []byte("support"))
	first := httptest.NewRecorder()
	site.ServeHTTP(first, httptest.NewRequest(http.MethodGet, "/ricochet.wasm", nil))
	again := httptest.NewRequest(http.MethodGet, "/ricochet.wasm", nil)
	again.Header.Set("If-None-Match", first.Header().Get("ETag"))
	w := httptest.NewRecorder()
	site.ServeHTTP(w, again)
	if w.Code != http.StatusNotModified || w.Body.Len() != 0 {
		t.Errorf("asked again: %d with %d bytes; want 304 with none", w.Code, w.Body.Len())
	}
}

// Package registrettetest gives each test a registry of its own, over the control API of one server. It needs nothing
// but Go's standard library.
package registrettetest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// Registry is one registry, and its control.
type Registry struct {
	// URL is such as http://127.0.0.1:41234.
	URL string
	// Host is such as 127.0.0.1:41234, as image names start.
	Host    string
	control string
	t       testing.TB
}

// Call is one request and what became of it.
type Call struct {
	Seq        uint64   `json:"seq"`
	Operation  string   `json:"operation"`
	Method     string   `json:"method"`
	Path       string   `json:"path"`
	Repository string   `json:"repository"`
	Reference  string   `json:"reference"`
	Client     string   `json:"client"`
	Status     int      `json:"status"`
	Error      string   `json:"error"`
	Faults     []uint64 `json:"faults"`
}

var server struct {
	once    sync.Once
	control string
	err     error
}

// Start gives the test an empty registry, which ends with it. Tests that run in parallel do not meet. All of them share
// one server, which ends with the program; REGISTRETTE names its binary.
func Start(t testing.TB) *Registry {
	t.Helper()
	server.once.Do(func() { server.control, server.err = serve() })
	if server.err != nil {
		t.Fatal(server.err)
	}
	first := &Registry{control: server.control, t: t}
	var made struct {
		ID           int
		URL, Control string
	}
	first.ask("POST", "/registries", nil, &made)
	t.Cleanup(func() { first.ask("DELETE", fmt.Sprintf("/registries/%d", made.ID), nil, nil) })
	at, err := url.Parse(made.URL)
	if err != nil {
		t.Fatal(err)
	}
	return &Registry{URL: made.URL, Host: at.Host, control: made.Control, t: t}
}

func serve() (control string, err error) {
	binary := os.Getenv("REGISTRETTE")
	if binary == "" {
		binary = "registrette"
	}
	scratch, err := os.MkdirTemp("", "registrette")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(scratch)
	ready := filepath.Join(scratch, "ready.json")
	command := exec.Command(binary, "serve", "--addr", "127.0.0.1:0", "--control", "--clock", "virtual",
		"--exit-with-parent", "--ready-file", ready)
	// Held open: its end is the end of the server.
	if _, err := command.StdinPipe(); err != nil {
		return "", err
	}
	if err := command.Start(); err != nil {
		return "", err
	}
	for range 2000 {
		text, err := os.ReadFile(ready)
		if err == nil {
			var said struct{ Control string }
			err := json.Unmarshal(text, &said)
			return said.Control, err
		}
		time.Sleep(10 * time.Millisecond)
	}
	return "", fmt.Errorf("%s did not get ready", binary)
}

// Reset comes back to what the registry began with.
func (r *Registry) Reset() {
	r.t.Helper()
	r.ask("POST", "/reset", nil, nil)
}

// Fault sets a rule, as JSON, and gives its number.
func (r *Registry) Fault(rule string) uint64 {
	r.t.Helper()
	var fault struct{ ID uint64 }
	r.ask("POST", "/faults", json.RawMessage(rule), &fault)
	return fault.ID
}

// Hits says how many requests a fault happened to.
func (r *Registry) Hits(fault uint64) (hits int) {
	r.t.Helper()
	var is struct{ Hits int }
	r.ask("GET", fmt.Sprintf("/faults/%d", fault), nil, &is)
	return is.Hits
}

// Calls gives the calls so far; the filter is a query such as operation=blob.*&status=2xx.
func (r *Registry) Calls(filter string) (calls []Call) {
	r.t.Helper()
	r.ask("GET", "/calls?"+filter, nil, &calls)
	return calls
}

// CheckCalls fails the test, with the calls, unless there were no more: {"manifest.get": 1}.
func (r *Registry) CheckCalls(budget string) {
	r.t.Helper()
	if message := r.Overspent(budget); message != "" {
		r.t.Error(message)
	}
}

// Overspent says by how much a budget was not kept; nothing when it was.
func (r *Registry) Overspent(budget string) string {
	r.t.Helper()
	var result struct{ Message string }
	r.ask("POST", "/calls/check", json.RawMessage(budget), &result)
	return result.Message
}

// Advance moves the clock.
func (r *Registry) Advance(by time.Duration) {
	r.t.Helper()
	r.ask("POST", "/clock", map[string]string{"advance": by.String()}, nil)
}

// ask asks control, and fails the test when it does not do what it is asked.
func (r *Registry) ask(method, path string, body, into any) {
	r.t.Helper()
	if err := r.try(method, path, body, into); err != nil {
		r.t.Fatalf("%s %s: %v", method, path, err)
	}
}

func (r *Registry) try(method, path string, body, into any) error {
	var sent io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return err
		}
		sent = bytes.NewReader(text)
	}
	request, err := http.NewRequest(method, r.control+path, sent)
	if err != nil {
		return err
	}
	request.Header.Set("Registrette-Control", "1")
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode >= 300 {
		var refusal struct{ Error string }
		err := json.NewDecoder(answer.Body).Decode(&refusal)
		if err != nil {
			return err
		}
		return fmt.Errorf("%s: %s", answer.Status, refusal.Error)
	}
	if into == nil {
		return nil
	}
	return json.NewDecoder(answer.Body).Decode(into)
}

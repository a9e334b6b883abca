package registrettetest

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// ask stands for the client under test.
func ask(t *testing.T, method, url, body string) (status int, said string, header http.Header) {
	t.Helper()
	request, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-opaque")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(text), answer.Header
}

// pull tries again after a 503.
func pull(t *testing.T, url string) (status int, said string) {
	t.Helper()
	for range 3 {
		if status, said, _ = ask(t, "GET", url, ""); status != 503 {
			break
		}
	}
	return status, said
}

func TestExample(t *testing.T) {
	t.Run("what-is-pushed-is-pulled", func(t *testing.T) {
		t.Parallel()
		registry := Start(t)
		manifest := registry.URL + "/v2/demo/app/manifests/v1"
		if status, _, _ := ask(t, "PUT", manifest, "{}"); status != 201 {
			t.Fatal(status)
		}
		if status, said := pull(t, manifest); status != 200 || said != "{}" {
			t.Fatal(status, said)
		}
		calls := registry.Calls("operation=manifest.*")
		if len(calls) != 2 || calls[0].Operation != "manifest.put" || calls[1].Status != 200 {
			t.Fatal(calls)
		}
	})
	t.Run("no-test-sees-another", func(t *testing.T) {
		t.Parallel()
		registry := Start(t)
		if status, _ := pull(t, registry.URL+"/v2/demo/app/manifests/v1"); status != 404 {
			t.Fatal(status)
		}
	})
	t.Run("a-failure-is-tried-again", func(t *testing.T) {
		t.Parallel()
		registry := Start(t)
		fault := registry.Fault(`{ "when": { "first": 2 }, "do": [{ "verb": "status", "status": 503 }] }`)
		if status, _ := pull(t, registry.URL+"/v2/"); status != 200 || registry.Hits(fault) != 2 {
			t.Fatal(status, registry.Hits(fault))
		}
		registry.CheckCalls(`{ "ping": 3 }`)
		over := registry.Overspent(`{ "ping": 1 }`)
		if !strings.HasPrefix(over, "ping: 3 calls, at most 1 allowed\n  #1 ping GET /v2/ 503 fault 1") {
			t.Fatal(over)
		}
		registry.Reset()
		if calls := registry.Calls(""); len(calls) != 0 {
			t.Fatal(calls)
		}
	})
	t.Run("an-upload-expires", func(t *testing.T) {
		t.Parallel()
		registry := Start(t)
		_, _, header := ask(t, "POST", registry.URL+"/v2/a/blobs/uploads/", "")
		registry.Advance(2 * time.Hour)
		if status, _, _ := ask(t, "GET", registry.URL+header.Get("Location"), ""); status != 404 {
			t.Fatal(status)
		}
	})
}

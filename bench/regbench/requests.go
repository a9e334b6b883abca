package main

import (
	"bytes"
	"errors"
	"fmt"
)

func runPing(t *target, r *result) {
	ping := func(_ int, c *conn, _ int) error {
		x, err := c.do("GET", "/v2/", "", discard)
		return want(x, err, 200, 401)
	}
	t.timed(r, 16, t.warm, 0, ping)
	r.rates("ping c1", t.timed(r, 1, t.dur, 0, ping))
	r.rates("ping c16", t.timed(r, 16, t.dur, 0, ping))
}

func runManifest(t *target, r *result) {
	const repo = "bench/manifest"
	c := newConn(t.addr)
	defer c.shut()
	raw, dig, err := smallImage(t, c, repo)
	if err == nil {
		err = putManifest(c, repo, "latest", typeManifest, raw, dig)
	}
	if err != nil {
		r.fail(err)
		return
	}
	x, err := c.do("GET", "/v2/"+repo+"/manifests/latest", hdrAccept, keep)
	if err := want(x, err, 200); err != nil {
		r.fail(err)
		return
	}
	if !bytes.Equal(x.body, raw) {
		r.fail(errors.New("the manifest came back changed"))
	}
	if x.ctype != typeManifest {
		r.note("Content-Type %q on a manifest", x.ctype)
	}
	op := func(method string) func(int, *conn, int) error {
		return func(_ int, c *conn, _ int) error {
			x, err := c.do(method, "/v2/"+repo+"/manifests/latest", hdrAccept, discard)
			if err := want(x, err, 200); err != nil {
				return err
			}
			if x.length != int64(len(raw)) && !(method == "HEAD" && x.length < 0) {
				return fmt.Errorf("%s manifest: %d bytes, wanted %d", method, x.length, len(raw))
			}
			if x.digest != dig && x.digest != "" {
				return fmt.Errorf("%s manifest: Docker-Content-Digest %s, wanted %s", method, x.digest, dig)
			}
			return nil
		}
	}
	t.timed(r, 16, t.warm, 0, op("GET"))
	r.rates("manifest-head c16", t.timed(r, 16, t.dur, 0, op("HEAD")))
	r.rates("manifest-get c16", t.timed(r, 16, t.dur, 0, op("GET")))
}

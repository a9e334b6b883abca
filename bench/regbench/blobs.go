package main

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

func runBlobGet(t *target, r *result) {
	const repo = "bench/blobs"
	c := newConn(t.addr)
	defer c.shut()
	one := func(label string, size, conc int, maxOps int, rate bool) {
		path := "/bytes/" + strconv.Itoa(size)
		if !t.ceiling {
			b := t.src.unique(size)
			if err := putBlob(c, repo, b); err != nil {
				r.fail(err)
				return
			}
			if err := getBlob(c, repo, b.digest, size, sum); err != nil { // the one verified copy
				r.fail(err)
				return
			}
			path = "/v2/" + repo + "/blobs/" + b.digest
		}
		op := func(_ int, c *conn, _ int) error {
			x, err := c.do("GET", path, "", discard)
			if err := want(x, err, 200); err != nil {
				return err
			}
			if x.length != int64(size) {
				return fmt.Errorf("GET blob: %d bytes, wanted %d", x.length, size)
			}
			return nil
		}
		t.timed(r, conc, t.warm, maxOps, op)
		x := t.timed(r, conc, t.dur, maxOps, op)
		if rate {
			r.rates(label, x)
		} else {
			r.throughput(label, x, size)
		}
	}
	one("blob-get 1KiB c16", kib, 16, 0, true)
	one("blob-get 10MiB c4", 10*mib, 4, 0, false)
	one("blob-get 100MiB c4", 100*mib, 4, 0, false)
}

func runPushSmall(t *target, r *result) {
	op := func(_ int, c *conn, _ int) error { return putBlob(c, "bench/small", t.src.unique(kib)) }
	t.timed(r, 16, t.warm, 0, op)
	x := t.timed(r, 16, t.dur, 100000, op)
	if x.ops == 0 {
		return
	}
	r.add("push-small 1KiB c16", x.rate(), "blobs/s", "higher")
	r.add("push-small 1KiB c16 p99", x.pct(99)*1e6, "us", "lower")
	if x.cpu >= 0.05 {
		r.add("push-small 1KiB c16 server CPU", x.cpu/float64(x.ops)*1e6, "us/blob", "lower")
	}
}

func runPushLarge(t *target, r *result) {
	const size = 100 * mib
	op := func(_ int, c *conn, _ int) error { return putBlob(c, "bench/large", t.src.unique(size)) }
	t.src.unique(size) // hash the base now, not in the timed section
	r.throughput("push-large 100MiB c1", t.timed(r, 1, t.dur*3/4, 12, op), size)
	r.throughput("push-large 100MiB c2", t.timed(r, 2, t.dur*3/4, 16, op), size)
}

// putChunked pushes a blob in PATCHes of 1 MiB and an empty closing PUT.
func putChunked(c *conn, repo string, b blob) error {
	loc, err := beginUpload(c, repo)
	if err != nil {
		return err
	}
	for lo := 0; lo < b.size; lo += mib {
		hi := min(lo+mib, b.size)
		piece := [][]byte{b.head[lo:min(hi, len(b.head))]}
		if hi > len(b.head) {
			piece = append(piece, b.tail)
		}
		h := fmt.Sprintf("%sContent-Range: %d-%d\r\n", hdrOctet, lo, hi-1)
		x, err := c.do("PATCH", loc, h, discard, piece...)
		if err := want(x, err, 202); err != nil {
			return fmt.Errorf("PATCH at %d: %w", lo, err)
		}
		if x.rng != "" && !strings.HasSuffix(x.rng, "-"+strconv.Itoa(hi-1)) {
			return fmt.Errorf("PATCH at %d: Range %q, wanted 0-%d", lo, x.rng, hi-1)
		}
		if loc, err = locate(x.location); err != nil {
			return err
		}
	}
	return endUpload(c, loc, b.digest)
}

func runPushChunked(t *target, r *result) {
	const size = 64 * mib
	t.src.unique(size)
	op := func(_ int, c *conn, _ int) error { return putChunked(c, "bench/chunked", t.src.unique(size)) }
	r.throughput("push-chunked 64x1MiB c1", t.timed(r, 1, t.dur, 40, op), size)
}

// runPushLinear asks whether the time of an upload grows with its length and no faster.
// The speed at a length is that of the median upload.
func runPushLinear(t *target, r *result) {
	for _, way := range []struct {
		name string
		put  func(*conn, string, blob) error
	}{{"one PUT", putBlob}, {"chunked", putChunked}} {
		for _, m := range []int{8, 32, 128} {
			size := m * mib
			t.src.unique(size)
			op := func(_ int, c *conn, _ int) error { return way.put(c, "bench/linear", t.src.unique(size)) }
			x := t.timed(r, 1, t.dur, max(3, 128/m), op)
			if x.ops > 0 {
				r.add(fmt.Sprintf("push-linear %s %dMiB", way.name, m), float64(m)/x.pct(50), "MiB/s", "higher")
			}
		}
	}
}

func runImage(t *target, r *result) {
	const layers, lsize = 5, mib
	t.src.unique(lsize)
	var firsts [4]bool
	op := func(w int, c *conn, seq int) error {
		repo := "bench/image" + strconv.Itoa(w)
		tag := "t" + strconv.Itoa(seq)
		cfg := []byte(fmt.Sprintf(`{"architecture":"amd64","os":"linux","created":"%x-%d","rootfs":{"type":"layers","diff_ids":[]}}`, t.src.salt, seq))
		var m manifest
		m.Config = desc{typeConfig, digestOf(cfg), len(cfg)}
		var bs []blob
		for i := 0; i < layers; i++ {
			b := t.src.unique(lsize)
			bs = append(bs, b)
			m.Layers = append(m.Layers, desc{typeLayer, b.digest, b.size})
		}
		for _, b := range bs { // as clients do: look first
			x, err := c.do("HEAD", "/v2/"+repo+"/blobs/"+b.digest, "", discard)
			if err := want(x, err, 404); err != nil {
				return fmt.Errorf("HEAD of an absent blob: %w", err)
			}
			if err := putBlob(c, repo, b); err != nil {
				return err
			}
		}
		if _, err := putBytes(c, repo, cfg); err != nil {
			return err
		}
		raw, dig := m.encode()
		if err := putManifest(c, repo, tag, typeManifest, raw, dig); err != nil {
			return err
		}
		x, err := c.do("GET", "/v2/"+repo+"/manifests/"+tag, hdrAccept, keep)
		if err := want(x, err, 200); err != nil {
			return fmt.Errorf("GET manifest: %w", err)
		}
		if !bytes.Equal(x.body, raw) {
			return errors.New("the manifest came back changed")
		}
		mode := discard
		if !firsts[w] { // verify one pull per worker
			mode, firsts[w] = sum, true
		}
		if err := getBlob(c, repo, m.Config.Digest, m.Config.Size, mode); err != nil {
			return err
		}
		for _, b := range bs {
			if err := getBlob(c, repo, b.digest, b.size, mode); err != nil {
				return err
			}
		}
		return nil
	}
	x := t.timed(r, 4, t.dur, 400, op)
	if x.ops == 0 {
		return
	}
	r.add("image push+pull 5x1MiB c4", x.rate(), "images/s", "higher")
	r.add("image push+pull 5x1MiB c4 p50", x.pct(50)*1e3, "ms", "lower")
	if x.cpu >= 0.05 {
		r.add("image push+pull 5x1MiB c4 server CPU", x.cpu/float64(x.ops)*1e3, "ms/image", "lower")
	}
}

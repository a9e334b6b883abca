package main

import (
	"encoding/json"
	"fmt"
	"sort"
	"strconv"
	"time"
)

func runReferrers(t *target, r *result) {
	const repo, count = "bench/referrers", 1000
	c := newConn(t.addr)
	defer c.shut()
	raw, dig, err := tinyManifest(c, repo, nil, "")
	if err == nil {
		err = putManifest(c, repo, "subject", typeManifest, raw, dig)
	}
	if err != nil {
		r.fail(err)
		return
	}
	subject := &desc{typeManifest, dig, len(raw)}
	n, secs := t.build(r, 8, count, 20*time.Second, func(c *conn, i int) error {
		m, d := tinyRaw(digestOf(emptyJSON), subject, strconv.Itoa(i))
		return putManifest(c, repo, d, typeManifest, m, d)
	})
	r.add("referrer-put of 1000", float64(n)/secs, "manifests/s", "higher")
	list := func(check bool) (int, float64, error) {
		path, total, spent := "/v2/"+repo+"/referrers/"+dig, 0, 0.0
		for page := 0; page < 1100; page++ {
			a := time.Now()
			x, err := c.do("GET", path, "", keep)
			spent += time.Since(a).Seconds()
			if err := want(x, err, 200); err != nil {
				return 0, 0, err
			}
			if check {
				var ix struct{ Manifests []desc }
				if err := json.Unmarshal(x.body, &ix); err != nil {
					return 0, 0, err
				}
				total += len(ix.Manifests)
			}
			next, err := linkNext(x.link)
			if err != nil {
				return 0, 0, err
			}
			if next == "" {
				break
			}
			path = next
		}
		return total, spent, nil
	}
	total, _, err := list(true)
	if err != nil {
		r.fail(fmt.Errorf("referrers: %w", err))
		return
	}
	r.add("referrers lost of 1000", float64(n-total), "", "lower")
	if total != n {
		r.fail(fmt.Errorf("%d referrers listed, %d were put by 8 connections at once", total, n))
	}
	var ms []float64
	for a := time.Now(); len(ms) < 200 && (len(ms) < 3 || time.Since(a) < t.dur); {
		_, spent, err := list(false)
		if err != nil {
			r.fail(err)
			return
		}
		ms = append(ms, spent*1e3)
	}
	sort.Float64s(ms)
	r.add("referrers-list of 1000", ms[len(ms)/2], "ms", "lower")
}

func runScaling(t *target, r *result) {
	repoName := func(i int) string { return fmt.Sprintf("bench/scale/r%05d", i) }
	blobDigest := digestOf(emptyJSON)
	raw, dig := tinyRaw(blobDigest, nil, "")
	fill := func(from, to int, limit time.Duration) (int, float64) {
		return t.build(r, 8, to-from, limit, func(c *conn, i int) error {
			if _, err := putBytes(c, repoName(from+i), emptyJSON); err != nil {
				return err
			}
			return putManifest(c, repoName(from+i), "latest", typeManifest, raw, dig)
		})
	}
	measure := func(label string, repos int) timing {
		op := func(w int, c *conn, seq int) error {
			i := int(uint32(seq)*2654435761>>7) % repos
			x, err := c.do("GET", "/v2/"+repoName(i)+"/manifests/latest", hdrAccept, discard)
			if err := want(x, err, 200); err != nil {
				return err
			}
			if x.length != int64(len(raw)) {
				return fmt.Errorf("GET manifest: %d bytes, wanted %d", x.length, len(raw))
			}
			return nil
		}
		t.timed(r, 16, t.warm, 0, op)
		x := t.timed(r, 16, t.dur, 0, op)
		r.rates(label, x)
		return x
	}
	if n, _ := fill(0, 10, 5*time.Second); n < 10 {
		return
	}
	a := measure("manifest-get of 10 repos", 10)
	n := 10
	more := func(to int) bool {
		k, secs := fill(n, to, 20*time.Second)
		r.add(fmt.Sprintf("repo-create to %d", to), float64(k)/secs, "repos/s", "higher")
		if n += k; n < to {
			r.short = true
			r.note("stopped at %d of %d repositories after %.0f s", n, to, secs)
		}
		return n == to
	}
	if more(1000) {
		catalog(t, r, n)
		if more(10000) {
			catalog(t, r, n)
		}
	}
	b := measure("manifest-get of 10000 repos", n)
	if a.ops > 0 && b.ops > 0 {
		r.add("manifest-get 10000 vs 10 repos", b.pct(50)/a.pct(50), "x p50", "lower")
	}
}

// catalog times the first page of 100. One that is not sorted is another figure: it can stop at any hundred.
func catalog(t *target, r *result, repos int) {
	const page = "/v2/_catalog?n=100"
	c := newConn(t.addr)
	defer c.shut()
	x, err := c.do("GET", page, "", keep)
	if err := want(x, err, 200); err != nil {
		r.note("no catalog: %v", err)
		return
	}
	var l struct{ Repositories []string }
	json.Unmarshal(x.body, &l)
	name := "catalog n=100"
	if !sort.StringsAreSorted(l.Repositories) || len(l.Repositories) != 100 || l.Repositories[0] != "bench/scale/r00000" {
		name = "unsorted catalog n=100"
	}
	y := t.timed(r, 1, t.dur/2, 0, func(_ int, c *conn, _ int) error {
		x, err := c.do("GET", page, "", discard)
		return want(x, err, 200)
	})
	r.add(fmt.Sprintf("%s of %d", name, repos), y.pct(50)*1e6, "us", "lower")
}

func runMemory(t *target, r *result) {
	if t.pid == 0 {
		r.note("needs -exec or -pid")
		return
	}
	const size, count = 10 * mib, 50
	t.src.unique(size)
	before := treeMiB(t.pid, "VmRSS")
	n, _ := t.build(r, 2, count, 20*time.Second, func(c *conn, _ int) error {
		return putBlob(c, "bench/memory", t.src.unique(size))
	})
	if n == 0 {
		return
	}
	stored := float64(n*size) / mib
	time.Sleep(200 * time.Millisecond)
	after := treeMiB(t.pid, "VmRSS")
	peak := treeMiB(t.pid, "VmHWM")
	time.Sleep(3 * time.Second)
	settled := treeMiB(t.pid, "VmRSS")
	r.add("memory RSS growth / stored", (after-before)/stored, "x", "lower")
	r.add("memory RSS growth / stored, 3 s later", (settled-before)/stored, "x", "lower")
	r.add("memory peak growth / stored", (peak-before)/stored, "x", "lower")
}

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	mrand "math/rand"
	"sort"
	"strings"
	"time"
)

func tagName(i int) string { return fmt.Sprintf("v%06d", i) }

var errCursor = errors.New("last= is not exclusive or starts over")

// listTags walks the whole listing. check parses every page; otherwise the
// last tag is found by scanning, so that the time is the server's.
func listTags(c *conn, repo string, n int, check bool) (total int, links bool, bytesRead int64, spent float64, err error) {
	path := fmt.Sprintf("/v2/%s/tags/list?n=%d", repo, n)
	prev, lastSeen := "", ""
	for page := 0; page < 2000; page++ {
		a := time.Now()
		var x resp
		x, err = c.do("GET", path, "", keep)
		spent += time.Since(a).Seconds()
		if err = want(x, err, 200); err != nil {
			return
		}
		bytesRead += x.length
		var last string
		var got int
		if check {
			var l struct{ Tags []string }
			if err = json.Unmarshal(x.body, &l); err != nil {
				return
			}
			got = len(l.Tags)
			if got > n {
				err = fmt.Errorf("tags/list?n=%d returned %d tags", n, got)
				total += got
				return
			}
			for i, s := range l.Tags {
				if s <= prev {
					if i == 0 && !links {
						err = fmt.Errorf("%w: last=%s gave %q first", errCursor, prev, s)
					} else {
						err = fmt.Errorf("tags out of order: %q after %q", s, prev)
					}
					return
				}
				prev = s
			}
			last = prev
		} else {
			body := bytes.TrimRight(x.body, " \n\r\t}]\"")
			last = string(body[bytes.LastIndexByte(body, '"')+1:])
			got = bytes.Count(x.body, []byte("\"v"))
			if got > 0 && last <= lastSeen {
				return // the cursor does not advance: reported by the checked listing
			}
			lastSeen = last
		}
		total += got
		var next string
		if next, err = linkNext(x.link); err != nil {
			return
		}
		if next != "" {
			links = true
			path = next
			continue
		}
		if links || got < n {
			return
		}
		path = fmt.Sprintf("/v2/%s/tags/list?n=%d&last=%s", repo, n, last) // no Link header: go on by hand
	}
	err = errors.New("the listing does not end")
	return
}

// runTags puts tags in random order and lists them whole, and a page from the middle, at each size.
func runTags(t *target, r *result, sizes []int, limit time.Duration) {
	const repo = "bench/tags"
	c := newConn(t.addr)
	defer c.shut()
	raw, dig, err := tinyManifest(c, repo, nil, "")
	if err != nil {
		r.fail(err)
		return
	}
	most := sizes[len(sizes)-1]
	order := mrand.New(mrand.NewSource(2)).Perm(most)
	have := 0
	for _, size := range sizes {
		from := have
		n, secs := t.build(r, 8, size-from, limit, func(c *conn, i int) error {
			return putManifest(c, repo, tagName(order[from+i]), typeManifest, raw, dig)
		})
		have += n
		r.add(fmt.Sprintf("tag-put to %d tags", size), float64(n)/secs, "tags/s", "higher")
		took := func(what string, v float64, unit string) {
			r.add(fmt.Sprintf("%s of %d", what, size), v, unit, "lower")
		}
		if have < size { // what follows is no figure for that size: it goes into the notes
			r.short = true
			r.note("stopped at %d of %d tags after %.0f s", have, size, secs)
			if n == 0 {
				return
			}
			took = func(what string, v float64, unit string) {
				r.note("%s of %d: %s %s", what, have, num(v), unit)
			}
		}
		total, links, _, _, err := listTags(c, repo, 1000, true)
		if err != nil {
			r.fail(err)
			if strings.Contains(err.Error(), "returned") { // n ignored: time the one big answer all the same
				r.note("n is ignored: one answer holds all tags")
			} else if !errors.Is(err, errCursor) {
				return
			}
		} else if total != have {
			r.fail(fmt.Errorf("listing has %d tags, %d were put", total, have))
		}
		if !links && total > 1000 {
			r.note("no Link header on a full page of tags")
		}
		var ms []float64
		for a := time.Now(); len(ms) < 20 && (len(ms) < 3 || time.Since(a) < t.dur); {
			_, _, _, spent, err := listTags(c, repo, 1000, false)
			if err != nil {
				r.fail(err)
				break
			}
			ms = append(ms, spent*1e3)
		}
		if len(ms) > 0 {
			sort.Float64s(ms)
			took("tags-list all n=1000", ms[len(ms)/2], "ms")
		}
		put := append([]int(nil), order[:have]...)
		sort.Ints(put)
		mid := fmt.Sprintf("/v2/%s/tags/list?n=100&last=%s", repo, tagName(put[have/2])) // a tag that exists: some insist
		op := func(_ int, c *conn, _ int) error {
			x, err := c.do("GET", mid, "", discard)
			return want(x, err, 200)
		}
		x, err := c.do("GET", mid, "", keep)
		if err := want(x, err, 200); err != nil {
			r.fail(err)
			continue
		}
		var l struct{ Tags []string }
		if json.Unmarshal(x.body, &l); len(l.Tags) != 100 && have >= 1000 {
			r.note("n=100 after a middle tag of %d gave %d tags", have, len(l.Tags))
		}
		y := t.timed(r, 1, t.dur/2, 0, op)
		took("tags-list n=100 mid", y.pct(50)*1e6, "us")
	}
}

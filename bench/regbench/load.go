package main

import (
	"errors"
	"fmt"
	"math"
	"sort"
	"sync"
	"sync/atomic"
	"time"
)

// timing of one section under load
type timing struct {
	ops     int
	elapsed float64 // seconds, first start to last end
	lat     []float64
	cpu     float64 // server CPU seconds in the section, -1 when the pid is unknown
	own     float64 // generator CPU seconds
}

func (x timing) rate() float64 { return float64(x.ops) / x.elapsed }
func (x timing) pct(p float64) float64 {
	if len(x.lat) == 0 {
		return math.NaN()
	}
	i := int(math.Ceil(p/100*float64(len(x.lat)))) - 1
	if i < 0 {
		i = 0
	}
	return x.lat[i]
}

// timed runs op from conc workers, each with a connection of its own, until
// dur has passed or maxOps were started (0: no such limit).
func (t *target) timed(res *result, conc int, dur time.Duration, maxOps int, op func(w int, c *conn, seq int) error) timing {
	var seq atomic.Int64
	var wg sync.WaitGroup
	lats := make([][]float64, conc)
	conns := make([]*conn, conc)
	for i := range conns {
		conns[i] = newConn(t.addr)
		conns[i].dial()
	}
	cpu0, own0 := 0.0, ownCPU()
	if t.pid != 0 {
		cpu0 = cpuSeconds(t.pid)
	}
	t0 := time.Now()
	var failed atomic.Int64
	for w := 0; w < conc; w++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			c := conns[w]
			for failed.Load() < 50 {
				a := time.Now()
				if a.Sub(t0) >= dur {
					return
				}
				n := int(seq.Add(1)) - 1
				if maxOps > 0 && n >= maxOps {
					return
				}
				if err := op(w, c, n); err != nil {
					failed.Add(1)
					res.fail(err)
					continue
				}
				lats[w] = append(lats[w], time.Since(a).Seconds())
			}
		}()
	}
	wg.Wait()
	x := timing{elapsed: time.Since(t0).Seconds(), cpu: -1, own: ownCPU() - own0}
	if t.pid != 0 {
		x.cpu = cpuSeconds(t.pid) - cpu0
	}
	for i, c := range conns {
		res.redials += c.redials
		c.shut()
		x.lat = append(x.lat, lats[i]...)
	}
	sort.Float64s(x.lat)
	x.ops = len(x.lat)
	if x.ops == 0 {
		res.fail(errors.New("no operation succeeded"))
		x.elapsed = math.Inf(1)
	}
	return x
}

// build runs n ops to make a state, within limit, and says how many it did and how long they took.
func (t *target) build(res *result, conc, n int, limit time.Duration, op func(c *conn, i int) error) (int, float64) {
	x := t.timed(res, conc, limit, n, func(_ int, c *conn, seq int) error { return op(c, seq) })
	return x.ops, x.elapsed
}

type metric struct {
	Name   string  `json:"name"`
	Value  float64 `json:"value"`
	Unit   string  `json:"unit"`
	Better string  `json:"better"` // "higher", "lower" or "" (for information)
}

type result struct {
	Scenario string   `json:"scenario"`
	Metrics  []metric `json:"metrics"`
	Errors   int      `json:"errors"`
	First    []string `json:"first_errors,omitempty"`
	Notes    []string `json:"notes,omitempty"`
	PeakRSS  float64  `json:"peak_rss_mib,omitempty"`
	short    bool     // the state it should measure was not reached in time
	redials  int
	mu       sync.Mutex
}

func (r *result) fail(err error) {
	r.mu.Lock()
	r.Errors++
	if len(r.First) < 3 {
		r.First = append(r.First, err.Error())
	}
	r.mu.Unlock()
}

func (r *result) note(f string, a ...any) { r.Notes = append(r.Notes, fmt.Sprintf(f, a...)) }

func (r *result) add(name string, v float64, unit, better string) {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return
	}
	r.Metrics = append(r.Metrics, metric{name, v, unit, better})
}

func (r *result) rates(name string, x timing) {
	if x.ops == 0 {
		return
	}
	r.add(name+" rate", x.rate(), "req/s", "higher")
	r.add(name+" p50", x.pct(50)*1e6, "us", "lower")
	r.add(name+" p99", x.pct(99)*1e6, "us", "lower")
	if x.cpu >= 0.05 {
		r.add(name+" server CPU", x.cpu/float64(x.ops)*1e6, "us/req", "lower")
	}
}

func (r *result) throughput(name string, x timing, bytesPerOp int) {
	if x.ops == 0 {
		return
	}
	m := float64(bytesPerOp) / mib
	r.add(name, x.rate()*m, "MiB/s", "higher")
	if x.cpu >= 0.02 {
		r.add(name+" server CPU", x.cpu/(float64(x.ops)*m)*1e3, "ms/MiB", "lower")
	}
}

package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// Goals are ratios inside one run: figures of different machines, or of
// different days, are not comparable. This file holds those of the native
// server; goals_node.go those of the same registry in Node.

// goal for one metric: so many times ahead of the best peer, and within a
// bound of a ceiling, of another of its own figures, or of a fixed number.
type goal struct {
	scenario string
	metric   string
	ahead    float64 // 0: not held against peers
	among    peers
	within   bound
}

type peers int

const (
	inMemory  peers = iota // all that keep things in memory
	inGo                   // those of them written in Go
	onDisk                 // zot, which writes files; only where it was measured
	inJS                   // oci-marketplace, the one written in JavaScript; only where it was measured
	anOcimem               // ocimem alone
	thatKeeps              // those that lost no referrer
)

// bound is the limit of ours ÷ theirs: an upper one where lower is better, else a lower one.
type bound struct {
	target string // a ceiling's label, "itself" at another metric, "" no bound, or fixed
	metric string // "" the goal's own
	limit  float64
	over   bool // the limit is of ours − theirs, in the metric's unit
}

const (
	itself   = "itself"
	fixed    = "fixed"
	computed = "computed*"
	// the name that a measured oci-marketplace is expected under
	marketplace = "oci-marketplace"
	lost        = "referrers lost of 1000"
	imageCPU    = "image push+pull 5x1MiB c4 server CPU"
	bytesCPU    = "blob-get 1KiB c16 server CPU"
)

func hyper(metric string, limit float64) bound { return bound{"hyper*", metric, limit, false} }
func keeping(limit float64) bound              { return bound{"hyper-copy*", "", limit, false} }
func self(metric string, limit float64) bound  { return bound{itself, metric, limit, false} }
func most(limit float64) bound                 { return bound{fixed, "", limit, false} }

// tables by the name that -table takes.
var tables = map[string][]goal{"native": goals, "node": nodeGoals}

var goals = []goal{
	{"ping", "ping c16 server CPU", 1.15, inMemory, hyper("", 1.25)},
	{"ping", "ping c16 server CPU", 1.5, inGo, bound{}},
	{"manifest", "manifest-head c16 server CPU", 1.15, inMemory, hyper(bytesCPU, 1.4)},
	{"manifest", "manifest-head c16 server CPU", 1.5, inGo, bound{}},
	{"manifest", "manifest-get c16 server CPU", 1.15, inMemory, hyper(bytesCPU, 1.4)},
	{"manifest", "manifest-get c16 server CPU", 1.5, inGo, bound{}},
	{"blob-get", bytesCPU, 1.15, inMemory, hyper("", 1.4)},
	{"blob-get", bytesCPU, 1.5, inGo, bound{}},
	{"ping", "ping c16 p99", 1, inMemory, bound{}},
	{"manifest", "manifest-head c16 p99", 1, inMemory, bound{}},
	{"manifest", "manifest-get c16 p99", 1, inMemory, bound{}},
	{"blob-get", "blob-get 1KiB c16 p99", 1, inMemory, bound{}},
	{"push-small", "push-small 1KiB c16 server CPU", 1.25, inMemory, keeping(1.3)},
	{"blob-get", "blob-get 10MiB c4", 0.95, inMemory, hyper("", 0.95)},
	{"blob-get", "blob-get 100MiB c4", 0.95, inMemory, hyper("", 0.95)},
	{"push-large", "push-large 100MiB c1", 1.6, inMemory, keeping(0.85)},
	{"push-large", "push-large 100MiB c1", 0.95, onDisk, bound{}},
	{"push-large", "push-large 100MiB c2", 1.6, inMemory, keeping(0.85)},
	{"push-large", "push-large 100MiB c2", 0.95, onDisk, bound{}},
	{"push-chunked", "push-chunked 64x1MiB c1", 2, inMemory, keeping(0.85)},
	{"push-linear", "push-linear one PUT 128MiB", 0, inMemory, self("push-linear one PUT 8MiB", 0.8)},
	{"push-linear", "push-linear chunked 128MiB", 0, inMemory, self("push-linear chunked 8MiB", 0.8)},
	{"image", "image push+pull 5x1MiB c4", 1.15, inMemory, bound{}},
	{"image", imageCPU, 1, inMemory, bound{computed, "", 1.15, false}},
	{"tags", "tags-list n=100 mid of 1000", 2, inMemory, bound{}},
	{"tags", "tags-list n=100 mid of 10000", 8, inMemory, bound{}},
	{"tags-100k", "tags-list n=100 mid of 100000", 100, inMemory, self("tags-list n=100 mid of 1000", 1.25)},
	{"tags", "tags-list all n=1000 of 10000", 3, inMemory, bound{}},
	{"tags-100k", "tags-list all n=1000 of 100000", 40, inMemory, self("tags-list all n=1000 of 10000", 12)},
	{"tags", "tag-put to 1000 tags", 0.95, inMemory, bound{}},
	{"tags", "tag-put to 10000 tags", 0.95, inMemory, bound{}},
	{"tags-100k", "tag-put to 100000 tags", 0.95, inMemory, self("tag-put to 1000 tags", 0.9)},
	{"referrers", "referrers-list of 1000", 2, thatKeeps, bound{}},
	{"referrers", lost, 0, inMemory, most(0)},
	{"scaling", "manifest-get 10000 vs 10 repos", 0.95, inMemory, most(1.1)},
	{"scaling", "catalog n=100 of 10000", 7, inMemory, self("catalog n=100 of 1000", 1.25)},
	{"start", "cold start", 1, inMemory, hyper("", 1.75)},
	{"start", "idle RSS", 1, inMemory, hyper("", 1.75)},
	{"memory", "memory RSS growth / stored, 3 s later", 0, inMemory, most(1.05)},
	{"memory", "memory peak growth / stored", 0, inMemory, most(1.05)},
	{"scaling", "scaling peak RSS", 1, inMemory, bound{}},
	{"tags-100k", "tags-100k peak RSS", 1, inMemory, bound{}},
}

func (p peers) may(ours string, values map[string]map[string]float64) func(string) bool {
	return func(name string) bool {
		switch {
		case name == ours || isCeiling(name):
			return false
		case p == onDisk || name == "zot":
			return p == onDisk && name == "zot"
		case p == inJS || name == marketplace:
			return p == inJS && name == marketplace
		case p == anOcimem:
			return name == "ocimem"
		case p == inGo:
			return slices.Contains([]string{"crane", "ocimem", "olareg", "distribution"}, name)
		case p == thatKeeps:
			return values[lost][name] == 0
		}
		return true
	}
}

// imageFloor is what an image must cost: its bytes taken in, kept and given
// back at the speed of the bare servers, and 10 µs for each of 22 requests.
func imageFloor(values map[string]map[string]float64) {
	keep, ok1 := values["push-large 100MiB c1 server CPU"]["hyper-copy*"]
	get, ok2 := values["blob-get 10MiB c4 server CPU"]["hyper*"]
	if ok1 && ok2 && values[imageCPU] != nil {
		values[imageCPU][computed] = 5*(keep+get) + 22*0.010
	}
}

// against finds the figure a bound is taken from, and how to call it.
func (b bound) against(g goal, ours string, values map[string]map[string]float64) (string, float64, bool) {
	name, target := g.metric, b.target
	if b.metric != "" {
		name = b.metric
	}
	switch b.target {
	case fixed:
		return "", 1, true
	case itself:
		target = ours
	}
	v, ok := values[name][target]
	if b.target == itself {
		return "own " + name + ": " + num(v), v, ok
	}
	if !ok {
		return b.target, v, false
	}
	return target + " " + num(v), v, true
}

// printGoals prints a line for each goal, counts them, and returns how many checks of ours failed.
func printGoals(w io.Writer, goals []goal, reports []report, ours string) int {
	values, better, failed := medians(reports), map[string]string{}, 0
	for _, rp := range reports {
		for _, r := range rp.Results {
			for _, m := range r.Metrics {
				better[m.Name] = m.Better
			}
			if rp.Target == ours {
				failed += r.Errors
			}
		}
	}
	imageFloor(values)
	var met, unmet, unknown int
	fmt.Fprintf(w, "| scenario | metric | %s | best peer | ahead | goal | bound | ratio | goal | met |\n|---|---|--:|---|--:|--:|---|--:|--:|---|\n", ours)
	for _, g := range goals {
		who, theirs := bestOf(values[g.metric], better[g.metric], g.among.may(ours, values))
		if (g.among == onDisk || g.among == inJS) && who == "" {
			continue
		}
		v, have := values[g.metric][ours]
		cells := []string{g.scenario, g.metric, "–", "", "", "", "", "", ""}
		if have {
			cells[2] = num(v)
		}
		good, complete := true, have
		if g.ahead > 0 {
			cells[5] = "≥ ×" + num(g.ahead)
			cells[3] = "–"
			if who == "" {
				complete = false
			} else {
				cells[3] = who + " " + num(theirs)
				if have {
					f := ahead(v, theirs, better[g.metric])
					cells[4] = "×" + num(f)
					good = f >= g.ahead
				}
			}
		}
		if b := g.within; b.target != "" {
			name, base, ok := b.against(g, ours, values)
			sign, lower := "≥", better[g.metric] != "higher"
			if lower {
				sign = "≤"
			}
			complete = complete && ok
			if have {
				cells[6], cells[8] = name, sign+" "+num(b.limit)
				if b.over {
					cells[8] = "≤ +" + num(b.limit)
				}
			}
			if have && ok {
				f := v / base
				cells[7] = num(f)
				if b.over {
					f, lower = v-base, true
					cells[7] = fmt.Sprintf("%+.3g", f)
				}
				good = good && (lower && f <= b.limit || !lower && f >= b.limit)
			}
		}
		verdict := "yes"
		switch {
		case !have:
			verdict = "not measured"
			unknown++
		case !good:
			verdict = "NO"
			unmet++
		case !complete:
			verdict = "as far as measured"
			unknown++
		default:
			met++
		}
		fmt.Fprintf(w, "| %s | %s |\n", strings.Join(cells, " | "), verdict)
	}
	fmt.Fprintf(w, "\n%d met, %d not met, %d not or not wholly measured; %d failed checks of %s.\n", met, unmet, unknown, failed, ours)
	return failed
}

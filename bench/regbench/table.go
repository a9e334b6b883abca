package main

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math"
	"os"
	"slices"
	"sort"
	"strings"
)

// load reads reports written by -o and merges them.
func load(files string) []report {
	var all []report
	for _, f := range strings.Split(files, ",") {
		b, err := os.ReadFile(f)
		check(err)
		var x []report
		check(json.Unmarshal(b, &x))
		all = append(all, x...)
	}
	return all
}

// medians by metric, then by target
func medians(reports []report) map[string]map[string]float64 {
	vals := map[string]map[string][]float64{}
	for _, rp := range reports {
		for _, r := range rp.Results {
			for _, m := range r.Metrics {
				if vals[m.Name] == nil {
					vals[m.Name] = map[string][]float64{}
				}
				vals[m.Name][rp.Target] = append(vals[m.Name][rp.Target], m.Value)
			}
		}
	}
	out := map[string]map[string]float64{}
	for name, by := range vals {
		out[name] = map[string]float64{}
		for target, v := range by {
			out[name][target] = median(v)
		}
	}
	return out
}

func median(v []float64) float64 {
	if len(v) == 0 {
		return math.NaN()
	}
	v = append([]float64(nil), v...)
	sort.Float64s(v)
	if n := len(v); n%2 == 0 {
		return (v[n/2-1] + v[n/2]) / 2
	}
	return v[len(v)/2]
}

func num(v float64) string {
	switch {
	case math.IsInf(v, 0):
		return "∞"
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	case v >= 0.1:
		return fmt.Sprintf("%.2f", v)
	}
	return fmt.Sprintf("%.3g", v)
}

// table prints medians per metric and target as Markdown: the best server in
// bold, each value's factor behind it in brackets, ceilings last with a star.
func table(w io.Writer, reports []report) {
	var names, ceilings, order, notes []string
	info := map[string]metric{}
	errs := map[string]string{}
	for _, rp := range reports {
		if isCeiling(rp.Target) {
			ceilings = appendNew(ceilings, rp.Target)
		} else {
			names = appendNew(names, rp.Target)
		}
		for _, r := range rp.Results {
			for _, m := range r.Metrics {
				order = appendNew(order, m.Name)
				info[m.Name] = m
			}
			if r.Errors > 0 {
				errs[rp.Target+", "+r.Scenario] = fmt.Sprintf("%d errors, first: %s", r.Errors, r.First[0])
			}
			for _, n := range r.Notes {
				notes = appendNew(notes, rp.Target+", "+r.Scenario+": "+n)
			}
		}
	}
	names = append(names, ceilings...)
	values := medians(reports)
	fmt.Fprintf(w, "| metric | unit | %s |\n|---|---|%s\n", strings.Join(names, " | "), strings.Repeat("---:|", len(names)))
	for _, m := range order {
		_, best := bestOf(values[m], info[m].Better, func(name string) bool { return !isCeiling(name) })
		fmt.Fprintf(w, "| %s | %s |", m, info[m].Unit)
		for _, n := range names {
			v, ok := values[m][n]
			switch {
			case !ok:
				fmt.Fprint(w, " – |")
			case isCeiling(n) || len(names) == 1:
				fmt.Fprintf(w, " %s |", num(v))
			case v == best:
				fmt.Fprintf(w, " **%s** |", num(v))
			default:
				fmt.Fprintf(w, " %s (%s×) |", num(v), num(ahead(best, v, info[m].Better)))
			}
		}
		fmt.Fprintln(w)
	}
	for _, k := range sortedKeys(errs) {
		fmt.Fprintf(w, "\n- %s: %s", k, errs[k])
	}
	for _, n := range notes {
		fmt.Fprintf(w, "\n- note: %s", n)
	}
	fmt.Fprintln(w)
}

func isCeiling(target string) bool { return strings.HasSuffix(target, "*") }

// bestOf the targets that may compete: "" and NaN when there is none.
func bestOf(values map[string]float64, better string, may func(string) bool) (string, float64) {
	name, best := "", math.NaN()
	for _, n := range sortedKeys(values) {
		if v := values[n]; may(n) && (name == "" || better == "higher" && v > best || better == "lower" && v < best) {
			name, best = n, v
		}
	}
	return name, best
}

// ahead says by what factor a is better than b.
func ahead(a, b float64, better string) float64 {
	if better == "higher" {
		return a / b
	}
	return b / a
}

func appendNew(l []string, s string) []string {
	if slices.Contains(l, s) {
		return l
	}
	return append(l, s)
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

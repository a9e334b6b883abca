// Command regbench puts a bounded load on one or more OCI registries on this
// machine and reports rates, latencies, server CPU and memory. See README.md.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"net"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"
)

type target struct {
	name    string
	command string // started afresh for every scenario; "" for a server that already runs
	ceiling bool
	addr    string
	pid     int
	src     *source
	dur     time.Duration
	warm    time.Duration
}

// label of the target in reports: a ceiling has a star
func (t *target) label() string {
	if t.ceiling {
		return t.name + "*"
	}
	return t.name
}

type list []string

func (l *list) String() string     { return strings.Join(*l, ", ") }
func (l *list) Set(s string) error { *l = append(*l, s); return nil }

// report of one target in one round
type report struct {
	Target  string    `json:"target"`
	Round   int       `json:"round"`
	Results []*result `json:"results"`
}

var named = regexp.MustCompile(`^([A-Za-z0-9][A-Za-z0-9_.+-]*)=(.+)$`)

func main() {
	var execs, ceils, urls list
	flag.Var(&urls, "url", "`[NAME=]URL` of a server that already runs, on a loopback address (repeatable)")
	flag.Var(&execs, "exec", "`[NAME=]COMMAND` that serves a registry; {port} is replaced (repeatable)")
	flag.Var(&ceils, "ceiling", "`[NAME=]COMMAND` of a bare server that speaks the ceiling protocol (repeatable)")
	pid := flag.Int("pid", 0, "with one -url: the server's process id, for CPU and memory")
	only := flag.String("scenarios", "", "comma-separated scenarios, or all; default all but tags-100k")
	rounds := flag.Int("rounds", 1, "rounds; the medians are shown")
	dur := flag.Duration("time", 2*time.Second, "length of a timed section (at most 5s)")
	cold := flag.Int("cold", 10, "cold starts per round, with -exec")
	asJSON := flag.Bool("json", false, "print every result as JSON instead of the table")
	out := flag.String("o", "", "also write the JSON to this `file`, after every round")
	show := flag.String("show", "", "print the table of a JSON `file` written before (several, comma-separated: merged), and measure nothing")
	goals := flag.String("goals", "", "hold a JSON `file` written before (several: merged) against the goals, and measure nothing")
	which := flag.String("table", "native", "with -goals: the goals of the `native` server, or of the one in node")
	ours := flag.String("ours", "registrette", "with -goals: the `name` of the server the goals are for")
	flag.Parse()
	if *show != "" {
		table(os.Stdout, load(*show))
		return
	}
	if *goals != "" {
		table, ok := tables[*which]
		if !ok {
			check(fmt.Errorf("no table of goals %q: native or node", *which))
		}
		if printGoals(os.Stdout, table, load(*goals), *ours) > 0 {
			os.Exit(1)
		}
		return
	}
	*dur = min(*dur, 5*time.Second)
	var targets []*target
	src := newSource()
	mk := func(s string) *target {
		t := &target{name: "server", src: src, dur: *dur, warm: min(300*time.Millisecond, *dur/2)}
		if m := named.FindStringSubmatch(s); m != nil {
			t.name, s = m[1], m[2]
		} else if len(urls)+len(execs)+len(ceils) > 1 {
			t.name = fmt.Sprintf("server%d", len(targets)+1)
		}
		t.command = s
		targets = append(targets, t)
		return t
	}
	for _, s := range urls {
		t := mk(s)
		u, err := url.Parse(t.command)
		check(err)
		check(loopback(u.Hostname()))
		t.addr, t.command, t.pid = u.Host, "", *pid
	}
	for _, s := range execs {
		mk(s)
	}
	for _, s := range ceils {
		mk(s).ceiling = true
	}
	if len(targets) == 0 {
		flag.Usage()
		os.Exit(2)
	}
	asked := strings.Split(*only, ",")
	if *only != "" && *only != "all" {
		for _, n := range asked {
			if !known(n) {
				check(fmt.Errorf("no scenario %q", n))
			}
		}
	}
	wanted := func(name string) bool {
		return *only == "all" || *only == "" && name != tags100k || slices.Contains(asked, name)
	}

	var reports []*report
	save := func(t *target, round int, r *result) {
		i := slices.IndexFunc(reports, func(x *report) bool { return x.Target == t.label() && x.Round == round })
		if i < 0 {
			i = len(reports)
			reports = append(reports, &report{Target: t.label(), Round: round})
		}
		reports[i].Results = append(reports[i].Results, r)
		progress(round, t.label(), r)
	}
	for round := 0; round < *rounds; round++ {
		if wanted("start") {
			for _, t := range targets {
				if t.command != "" {
					save(t, round, coldStart(t, *cold))
				}
			}
		}
		for _, s := range scenarios { // interleaved: every target runs a scenario before the next one begins
			for _, t := range targets {
				if wanted(s.name) && (!t.ceiling || s.ceiling) {
					save(t, round, measure(t, s))
				}
			}
		}
		if *out != "" {
			check(os.WriteFile(*out, encode(reports), 0o644))
		}
	}
	var flat []report
	for _, r := range reports {
		flat = append(flat, *r)
	}
	if *asJSON {
		os.Stdout.Write(encode(reports))
	} else {
		table(os.Stdout, flat)
	}
	for _, rp := range flat {
		for _, r := range rp.Results {
			if r.Errors > 0 {
				os.Exit(1)
			}
		}
	}
}

// measure runs one scenario, on a fresh server where the target has a command.
func measure(t *target, s scenario) *result {
	r := &result{Scenario: s.name}
	if t.command != "" {
		sv, err := start(t.command)
		if err != nil {
			r.fail(err)
			return r
		}
		defer sv.stop()
		t.addr, t.pid = sv.addr, sv.cmd.Process.Pid
	}
	s.run(t, r)
	r.PeakRSS = treeMiB(t.pid, "VmHWM")
	if r.PeakRSS > 0 && s.peak && !r.short {
		r.add(s.name+" peak RSS", r.PeakRSS, "MiB", "lower")
	}
	if r.redials > 0 {
		r.note("%d reconnects", r.redials)
	}
	return r
}

func progress(round int, name string, r *result) {
	line := ""
	for _, m := range r.Metrics {
		if m.Better != "" && !strings.HasSuffix(m.Name, "p99") {
			line += fmt.Sprintf("  %s %s %s;", m.Name, num(m.Value), m.Unit)
		}
	}
	if r.Errors > 0 {
		line += fmt.Sprintf("  ERRORS %d %v", r.Errors, r.First)
	}
	fmt.Fprintf(os.Stderr, "[%d] %-14s %-12s%s\n", round+1, name, r.Scenario, line)
}

func encode(reports []*report) []byte {
	b, err := json.MarshalIndent(reports, "", " ")
	check(err)
	return append(b, '\n')
}

// loopback refuses any address but this machine's own.
func loopback(host string) error {
	if host == "localhost" {
		return nil
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsLoopback() {
		return nil
	}
	return fmt.Errorf("%q is not a loopback address; regbench loads only this machine", host)
}

func coldStart(t *target, n int) *result {
	r := &result{Scenario: "start"}
	var ms, idle []float64
	for i := range n {
		s, err := start(t.command)
		if err != nil {
			r.fail(err)
			return r
		}
		ms = append(ms, s.ready.Seconds()*1e3)
		if i < 3 {
			time.Sleep(400 * time.Millisecond)
			idle = append(idle, treeMiB(s.cmd.Process.Pid, "VmRSS"))
		}
		s.stop()
	}
	r.add("cold start", median(ms), "ms", "lower")
	r.add("idle RSS", median(idle), "MiB", "lower")
	return r
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "regbench:", err)
		os.Exit(2)
	}
}

package main

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// ---- /proc ----

// tree returns pid and every living descendant.
func tree(pid int) []int {
	if pid == 0 {
		return nil
	}
	kids := map[int][]int{}
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, s := range stats {
		b, err := os.ReadFile(s)
		if err != nil {
			continue
		}
		f := statFields(b)
		if len(f) < 2 {
			continue
		}
		p, _ := strconv.Atoi(filepath.Base(filepath.Dir(s)))
		pp, _ := strconv.Atoi(f[1])
		kids[pp] = append(kids[pp], p)
	}
	out := []int{pid}
	for i := 0; i < len(out); i++ {
		out = append(out, kids[out[i]]...)
	}
	return out
}

// fields of /proc/PID/stat after the command name: [0] is the state, [1] the parent
func statFields(b []byte) []string {
	i := bytes.LastIndexByte(b, ')')
	if i < 0 {
		return nil
	}
	return strings.Fields(string(b[i+1:]))
}

func statusKB(pid int, key string) int64 {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	for _, l := range strings.Split(string(b), "\n") {
		if strings.HasPrefix(l, key+":") {
			f := strings.Fields(l)
			n, _ := strconv.ParseInt(f[1], 10, 64)
			return n
		}
	}
	return 0
}

func treeMiB(pid int, key string) float64 {
	var kb int64
	for _, p := range tree(pid) {
		kb += statusKB(p, key)
	}
	return float64(kb) / 1024
}

// cpuSeconds is user+system time of the tree (10 ms ticks).
func cpuSeconds(pid int) float64 {
	var ticks int64
	for _, p := range tree(pid) {
		b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p))
		if err != nil {
			continue
		}
		f := statFields(b)
		if len(f) < 13 {
			continue
		}
		u, _ := strconv.ParseInt(f[11], 10, 64)
		s, _ := strconv.ParseInt(f[12], 10, 64)
		ticks += u + s
	}
	return float64(ticks) / 100
}

func ownCPU() float64 {
	var ru syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &ru)
	return float64(ru.Utime.Sec+ru.Stime.Sec) + float64(ru.Utime.Usec+ru.Stime.Usec)/1e6
}

// ---- starting and stopping a server ----

type server struct {
	cmd   *exec.Cmd
	addr  string
	ready time.Duration
	done  chan struct{}
	log   *tailBuf
}

type tailBuf struct{ b []byte }

func (t *tailBuf) Write(p []byte) (int, error) {
	t.b = append(t.b, p...)
	if len(t.b) > 4096 {
		t.b = t.b[len(t.b)-4096:]
	}
	return len(p), nil
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

var assignment = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*=`)

// start runs command on a free port and waits for its first answer.
func start(command string) (*server, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	args := strings.Fields(strings.ReplaceAll(command, "{port}", strconv.Itoa(port)))
	env := os.Environ() // leading NAME=value words are its environment: a wrapper's start would count as the server's
	for len(args) > 1 && assignment.MatchString(args[0]) {
		env, args = append(env, args[0]), args[1:]
	}
	if len(args) == 0 {
		return nil, errors.New("an empty command")
	}
	s := &server{addr: "127.0.0.1:" + strconv.Itoa(port), done: make(chan struct{})}
	s.cmd = exec.Command(args[0], args[1:]...)
	s.cmd.Env = env
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if os.Getenv("REGBENCH_LOG") != "" {
		s.cmd.Stdout, s.cmd.Stderr = os.Stderr, os.Stderr
	} else if dn, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0); err == nil {
		// the server's log goes to the null device, not through a pipe we would have to read
		s.cmd.Stdout, s.cmd.Stderr = dn, dn
		defer dn.Close()
	}
	t0 := time.Now()
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	go func() { s.cmd.Wait(); close(s.done) }()
	for {
		nc, err := net.DialTimeout("tcp", s.addr, time.Second)
		if err == nil {
			nc.Close()
			c := newConn(s.addr)
			r, err := c.do("GET", "/v2/", "", discard)
			c.shut()
			if err == nil && (r.status == 200 || r.status == 401) {
				s.ready = time.Since(t0)
				return s, nil
			}
		}
		select {
		case <-s.done:
			return nil, errors.New("the server exited before answering GET /v2/")
		default:
		}
		if time.Since(t0) > 30*time.Second {
			s.stop()
			return nil, errors.New("no 200 or 401 on GET /v2/ within 30 s")
		}
		time.Sleep(300 * time.Microsecond)
	}
}

// stop ends the process group that start made: first politely, then not.
func (s *server) stop() {
	pg := -s.cmd.Process.Pid
	syscall.Kill(pg, syscall.SIGTERM)
	select {
	case <-s.done:
	case <-time.After(500 * time.Millisecond):
	}
	syscall.Kill(pg, syscall.SIGKILL)
	select {
	case <-s.done:
	case <-time.After(5 * time.Second):
	}
}

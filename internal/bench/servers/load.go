package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/wecos-go/wecos/internal/bench/measure"
)

// bench is one invocation.
type bench struct {
	out             io.Writer
	temp            string
	self, appletctl string // programs
	duration        time.Duration
	rounds, clients int
	missed          int
	running         []*process
}

// process is a server under load.
type process struct {
	cmd *exec.Cmd
	url string
}

// start runs a program whose first line begins with its address. What it writes
// after that goes nowhere, as what it logs.
func (b *bench) start(ctx context.Context, program string, args ...string) (*process, error) {
	p := &process{cmd: exec.CommandContext(ctx, program, args...)}
	p.cmd.Cancel = func() error { return p.cmd.Process.Signal(syscall.SIGTERM) }
	p.cmd.WaitDelay = 5 * time.Second
	log, err := os.CreateTemp(b.temp, "log-")
	if err != nil {
		return nil, err
	}
	p.cmd.Stderr = log // a file, as a person would have it
	pipe, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	b.running = append(b.running, p)
	line, err := bufio.NewReader(pipe).ReadString('\n')
	if err != nil {
		said, _ := os.ReadFile(log.Name())
		return nil, fmt.Errorf("%s %s has not started: %w\n%s", program, strings.Join(args, " "), err, said)
	}
	p.url, _, _ = strings.Cut(strings.TrimSpace(line), " ")
	return p, nil
}

// close ends all servers.
func (b *bench) close() error {
	var errs []error
	for _, p := range b.running {
		if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
			errs = append(errs, err)
		}
		_ = p.cmd.Wait() // how it ends is not measured
	}
	return errors.Join(errs...)
}

// side is one of those that are compared.
type side struct {
	name string
	*process
	path    string
	script  string  // of wrk, for what is no GET; "" is none
	held    bool    // to 1.5 times the CPU of the bare one
	limit   float64 // of CPU a request in ms; 0 is none
	against bool    // the bare one, which the others are compared with
	beside  int     // pid of another process that works for it; 0 is none
}

// figures are what one measurement showed.
type figures struct {
	perSecond   float64
	p50, p99    time.Duration
	cpu, beside float64 // ms a request
}

// compare measures all sides in turns and prints a line for each.
func (b *bench) compare(ctx context.Context, title string, sides []side) error {
	if err := sameAnswers(ctx, sides); err != nil {
		return fmt.Errorf("%s: %w", title, err)
	}
	fmt.Fprintf(b.out, "\n%-34s %9s %8s %8s %9s %9s\n", title, "req/s", "p50 ms", "p99 ms", "CPU ms", "database")
	all := make([][]figures, len(sides))
	for range b.rounds {
		for i, s := range sides {
			f, err := b.load(ctx, s)
			if err != nil {
				return fmt.Errorf("%s, %s: %w", title, s.name, err)
			}
			all[i] = append(all[i], f)
		}
	}
	floor := 0.0
	middle := func(i int, figure func(figures) float64) float64 { return measure.Middle(all[i], figure) }
	for i, s := range sides {
		cpu := middle(i, func(f figures) float64 { return f.cpu })
		var targets []measure.Target
		if s.against {
			floor = cpu
		}
		if s.held {
			targets = append(targets, measure.Target{Name: "CPU beside bare", Got: cpu / floor, Limit: 1.5, Unit: "×"})
		}
		if s.limit > 0 {
			targets = append(targets, measure.Target{Name: "CPU", Got: cpu, Limit: s.limit, Unit: " ms"})
		}
		var notes []string
		for _, t := range targets {
			if t.Missed() {
				b.missed++
			}
			notes = append(notes, t.String())
		}
		ms := func(figure func(figures) time.Duration) float64 {
			return middle(i, func(f figures) float64 { return float64(figure(f)) / 1e6 })
		}
		fmt.Fprintln(b.out, strings.TrimRight(fmt.Sprintf("%-34s %9.0f %8.2f %8.2f %9.4f %9.4f  %s", "  "+s.name,
			middle(i, func(f figures) float64 { return f.perSecond }),
			ms(func(f figures) time.Duration { return f.p50 }), ms(func(f figures) time.Duration { return f.p99 }),
			cpu, middle(i, func(f figures) float64 { return f.beside }), strings.Join(notes, ", ")), " "))
	}
	return nil
}

// sameAnswers makes sure that all sides do the same work.
func sameAnswers(ctx context.Context, sides []side) error {
	var first []byte
	for _, s := range sides {
		if s.script != "" {
			continue // which looks at the answers itself
		}
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+s.path, nil)
		if err != nil {
			return err
		}
		reply, err := http.DefaultClient.Do(req)
		if err != nil {
			return err
		}
		text, err := io.ReadAll(reply.Body)
		if err := errors.Join(err, reply.Body.Close()); err != nil {
			return err
		}
		text = bytes.TrimSpace(text)
		if first == nil {
			first = text
		}
		if reply.StatusCode != http.StatusOK || !bytes.Equal(text, first) {
			return fmt.Errorf("%s answers %d %s, not %s", s.name, reply.StatusCode, text, first)
		}
	}
	return nil
}

// load lets wrk ask one side.
func (b *bench) load(ctx context.Context, s side) (figures, error) {
	cpu := func() (own, beside time.Duration) {
		own, _ = measure.CPUOf(s.cmd.Process.Pid)
		if s.beside != 0 {
			beside, _ = measure.CPUOf(s.beside)
		}
		return own, beside
	}
	own, beside := cpu()
	args := []string{"-t1", "-c" + strconv.Itoa(b.clients), "-d" + b.duration.String(), "--latency"}
	if s.script != "" {
		args = append(args, "-s", s.script)
	}
	wrk := exec.CommandContext(ctx, "wrk", append(args, s.url+s.path)...)
	out, err := wrk.Output()
	if err != nil {
		return figures{}, fmt.Errorf("wrk: %w\n%s", err, out)
	}
	ownAfter, besideAfter := cpu()
	f, requests, err := parseWrk(out)
	if err != nil {
		return f, err
	}
	f.cpu = (ownAfter - own).Seconds() * 1e3 / requests
	f.beside = (besideAfter - beside).Seconds() * 1e3 / requests
	return f, nil
}

var (
	wrkTotal   = regexp.MustCompile(`(?m)^\s*(\d+) requests in `)
	wrkSpeed   = regexp.MustCompile(`(?m)^Requests/sec:\s+([\d.]+)`)
	wrkLatency = regexp.MustCompile(`(?m)^\s+(50|99)%\s+([\d.]+(?:us|ms|s|m))`)
	wrkTrouble = regexp.MustCompile(`(?m)^\s*(Non-2xx.*|Socket errors.*)$`)
)

// parseWrk reads what wrk says. An answer that was none is an error.
func parseWrk(out []byte) (f figures, requests float64, err error) {
	if trouble := wrkTrouble.Find(out); trouble != nil {
		return f, 0, fmt.Errorf("wrk: %s", bytes.TrimSpace(trouble))
	}
	total, speed, latency := wrkTotal.FindSubmatch(out), wrkSpeed.FindSubmatch(out), wrkLatency.FindAllSubmatch(out, -1)
	if total == nil || speed == nil || len(latency) != 2 {
		return f, 0, fmt.Errorf("wrk said\n%s", out)
	}
	requests, err = strconv.ParseFloat(string(total[1]), 64)
	f.perSecond, _ = strconv.ParseFloat(string(speed[1]), 64)
	f.p50, _ = time.ParseDuration(string(latency[0][2]))
	f.p99, _ = time.ParseDuration(string(latency[1][2]))
	if err == nil && requests == 0 {
		err = errors.New("no request was answered")
	}
	return f, requests, err
}

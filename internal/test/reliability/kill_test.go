package reliability_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw/cgwtest/wire"
)

// TestKilled kills a process that creates gateways, at random points, and starts it again: on
// Alibaba with the same tokens, on Tencent with the same addresses and names. The last process
// runs to its end. Then each create has one gateway, and the process knows which.
func TestKilled(t *testing.T) {
	const kills, perProcess = 2, 12
	rounds := 2
	if long() {
		rounds = 25
	}
	seed := uint64(time.Now().UnixNano())
	r := rand.New(rand.NewPCG(seed, 4))
	for _, c := range clouds() {
		t.Run(c.name, func(t *testing.T) {
			var killed, midway, resolved, creating int
			for round := range rounds {
				arrived := make(chan struct{}, 1000)
				// In every second round the service continues with the requests of the killed
				// process. In the other rounds, on Alibaba, it allows a second gateway at an
				// address if the token is another one.
				o := options{transport: plain, arrived: arrived, late: round%2 == 1, loose: c.name == "alibaba" && round%2 == 0}
				s := c.start(o)
				s.Inject(wire.Fault{Times: -1, When: []wire.When{wire.BeforeCommit, wire.AfterCommit}[r.IntN(2)], Delay: 4 * time.Millisecond})
				job := job{Cloud: c.name, URL: s.url, Creates: creates(c, perProcess, time.Now().String()[:19])}
				for range kills {
					killed++
					before := len(s.held())
					kill(t, job, arrived, 1+r.IntN(perProcess), time.Duration(r.IntN(int(6*time.Millisecond))))
					if n := len(s.held()); n > before && n < perProcess {
						midway++
					}
				}
				out := runToEnd(t, job)
				s.close()
				require.Len(t, out, perProcess)
				held := s.held()
				require.Len(t, held, perProcess, "round %d of seed %d", round, seed)
				for _, d := range out {
					require.Empty(t, d.Error)
					at := s.at(d.Address)
					require.Len(t, at, 1, "round %d of seed %d", round, seed)
					require.Equal(t, at[0].id, d.ID)
					creating++
					if d.Resolved {
						resolved++
					}
				}
			}
			t.Logf("%d processes killed, %d of them with a part of the work done; %d creates, %d gateways, %d found and resolved by the restarted process",
				killed, midway, creating, creating, resolved)
		})
	}
}

func command(t *testing.T, j job) *exec.Cmd {
	t.Helper()
	text, err := json.Marshal(j)
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), childEnv+"="+string(text), "DEBUG=")
	return cmd
}

// kill starts the process. It waits until the service got n requests, then for the time after,
// and kills the process.
func kill(t *testing.T, j job, arrived chan struct{}, n int, after time.Duration) {
	t.Helper()
	for len(arrived) > 0 {
		<-arrived
	}
	cmd := command(t, j)
	require.NoError(t, cmd.Start())
	exited := make(chan error, 1)
	go func() { exited <- cmd.Wait() }()
	for range n {
		select {
		case <-arrived:
		case err := <-exited: // it finished with fewer requests
			require.NoError(t, err)
			return
		}
	}
	wait(t.Context(), after)
	_ = cmd.Process.Kill() // SIGKILL; it may have ended by itself
	<-exited
}

// runToEnd runs the process to its end and returns its reports.
func runToEnd(t *testing.T, j job) []done {
	t.Helper()
	cmd := command(t, j)
	cmd.Stderr = os.Stderr
	text, err := cmd.Output()
	require.NoError(t, err)
	var all []done
	for lines := bufio.NewScanner(bytes.NewReader(text)); lines.Scan(); {
		var d done
		require.NoError(t, json.Unmarshal(lines.Bytes(), &d))
		all = append(all, d)
	}
	return all
}

// TestDebugOfTheSDK shows a limit: with the environment variable DEBUG=dara, Alibaba's SDK prints
// the requests that it sends, AuthKey included, and cgw cannot prevent it.
func TestDebugOfTheSDK(t *testing.T) {
	c := alibabaCloud()
	s := c.start(options{transport: plain})
	defer s.close()
	j := job{Cloud: c.name, URL: s.url, Creates: creates(c, 1, "t")}
	cmd := command(t, j)
	cmd.Env = append(cmd.Env, "DEBUG=dara")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err)
	require.Contains(t, leaks(string(out)), "Signature=")

	cmd = command(t, j)
	out, err = cmd.CombinedOutput()
	require.NoError(t, err)
	require.Empty(t, leaks(string(out)))
}

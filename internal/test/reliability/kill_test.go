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

// TestKilled kills a process that creates gateways at random points, starts it anew with the
// same tokens on Alibaba, and the same addresses and names on Tencent, and lets it finish in
// the end: each create has one gateway, and the process knows which.
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
				// The second of them goes on with what the process that was killed has sent. On
				// Alibaba it makes a further gateway at an address if it is asked to with another
				// token.
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

// kill starts the process and kills it so long after the service has got n requests of it.
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
		case err := <-exited: // it had nothing more to ask
			require.NoError(t, err)
			return
		}
	}
	wait(t.Context(), after)
	_ = cmd.Process.Kill() // SIGKILL; it may have ended by itself
	<-exited
}

// runToEnd starts the process and returns what it says.
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

// TestDebugOfTheSDK shows a limit: told to by the environment variable DEBUG, Alibaba's SDK
// prints the requests that it sends, AuthKey and all, and cgw cannot keep it from that.
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

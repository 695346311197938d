package main

import (
	"bytes"
	"context"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"
	"go.temporal.io/server/temporaltest"

	"github.com/cgw-go/cgw/alibaba/alibabatest"
	"github.com/cgw-go/cgw/ensure"
	"github.com/cgw-go/cgw/tencent/tencenttest"
)

// A real server, three worker processes, and SIGKILL at moments drawn at random: just before a
// create takes effect, just after it, and to a worker that is at something else.
func TestKilledWorkers(t *testing.T) {
	const sites, workers, kills = 90, 3, 12
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)

	server := newServer(t)
	clouds := newClouds(t, server, sites, kills, rand.New(rand.NewPCG(seed, 0)))
	for range workers {
		clouds.startWorker()
	}
	fleet := fleetOf(sites, "tencent:"+tencenttest.DefaultRegion, "alibaba:"+alibabatest.DefaultRegion)
	fleet.Options.OwnerKey = "owned-by"

	began := time.Now()
	first := execute(t, server, "first", fleet)
	took := time.Since(began)
	require.Equal(t, [3]int{kills / 3, kills / 3, kills / 3}, clouds.killed)
	gateways, duplicates := clouds.gateways(t, fleet)
	creates := clouds.writes()
	t.Logf("kills %d (before a create took effect %d, after it %d, of another worker %d), sites %d on 2 clouds, gateways %d, duplicates %d, create requests %d, %v",
		kills, clouds.killed[senderBefore], clouds.killed[senderAfter], clouds.killed[bystander],
		sites, gateways, duplicates, creates, took.Round(time.Second))
	t.Logf("report: %v", first.Actions)

	require.Zero(t, first.Failed, first.Failures)
	require.Equal(t, 2*sites, first.Actions[ensure.Created]+first.Actions[ensure.Unchanged])
	require.GreaterOrEqual(t, first.Actions[ensure.Unchanged], clouds.killed[senderAfter], "what a dead worker made was found")
	require.Equal(t, 2*sites, gateways)
	require.Zero(t, duplicates)

	second := execute(t, server, "second", fleet)
	require.Equal(t, Report{Actions: map[ensure.Action]int{ensure.Unchanged: 2 * sites}}, second)
	require.Equal(t, creates, clouds.writes(), "the second run writes nothing")
}

func execute(t *testing.T, s *temporaltest.TestServer, id string, f Fleet) Report {
	ctx, cancel := context.WithTimeout(t.Context(), 150*time.Second)
	defer cancel()
	run, err := s.GetDefaultClient().ExecuteWorkflow(ctx, client.StartWorkflowOptions{ID: id, TaskQueue: workflowQueue}, EnsureFleet, f)
	require.NoError(t, err)
	var r Report
	require.NoError(t, run.Get(ctx, &r))
	return r
}

// When a worker is killed, seen from a create that arrives.
const (
	senderBefore = iota // its sender, before it takes effect: that happens after the death
	senderAfter         // its sender, when it took effect and before the reply
	bystander           // another worker
)

// clouds are the two emulators, and the workers that they kill.
type clouds struct {
	t       *testing.T
	server  *temporaltest.TestServer
	tencent *tencenttest.State
	alibaba *alibabatest.State
	serve   [2]http.Handler

	mu      sync.Mutex // held while a worker is killed and another started
	rand    *rand.Rand
	creates int
	points  map[int]int // when to kill, by number of the create
	killed  [3]int
	alive   []*process
}

type process struct {
	cmd *exec.Cmd
}

// kill returns when the process is gone.
func (p *process) kill() {
	_ = p.cmd.Process.Kill() // SIGKILL; it fails if the process is gone, which Wait shows too
	_ = p.cmd.Wait()
}

func newClouds(t *testing.T, server *temporaltest.TestServer, sites, kills int, random *rand.Rand) *clouds {
	c := &clouds{t: t, server: server, rand: random, points: map[int]int{}}
	c.tencent, c.alibaba = &tencenttest.State{}, &alibabatest.State{}
	const latency, lag = 10 * time.Millisecond, 100 * time.Millisecond
	c.serve[0] = tencenttest.NewHandler(tencenttest.Options{State: c.tencent, Latency: latency, ReadLag: lag})
	c.serve[1] = alibabatest.NewHandler(alibabatest.Options{State: c.alibaba, Latency: latency, ReadLag: lag})
	for i, n := range random.Perm(2*sites - 20)[:kills] { // none so late that no create would reach it
		c.points[n+1] = i % 3
	}
	return c
}

// startWorker starts the program in a process of its own, with endpoints of its own, by which
// the clouds know who sends. It is called from handlers too.
func (c *clouds) startWorker() {
	p := &process{}
	var urls [2]string
	for i, h := range c.serve {
		s := httptest.NewServer(c.killing(p, h))
		c.t.Cleanup(s.Close)
		urls[i] = s.URL
	}
	p.cmd = exec.Command(os.Args[0], "worker", "-rate", "1000",
		"-server", c.server.GetFrontendHostPort(), "-namespace", c.server.GetDefaultNamespace(),
		"-target", "tencent:"+tencenttest.DefaultRegion+"@"+urls[0],
		"-target", "alibaba:"+alibabatest.DefaultRegion+"@"+urls[1])
	p.cmd.Env = append(os.Environ(), asWorker+"=1",
		"TENCENTCLOUD_SECRET_ID="+tencenttest.DefaultSecretID, "TENCENTCLOUD_SECRET_KEY="+tencenttest.DefaultSecretKey,
		"ALIBABA_CLOUD_ACCESS_KEY_ID="+alibabatest.DefaultAccessKeyID, "ALIBABA_CLOUD_ACCESS_KEY_SECRET="+alibabatest.DefaultAccessKeySecret)
	p.cmd.Stderr = c.t.Output()
	_, err := p.cmd.StdinPipe() // which ends with the test
	if err == nil {
		err = p.cmd.Start()
	}
	if err != nil {
		c.t.Error(err)
		return
	}
	c.t.Cleanup(p.kill)
	c.alive = append(c.alive, p)
}

// killing serves one worker, and kills when it is time. A kill holds up what others create.
func (c *clouds) killing(sender *process, h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-TC-Action") != "CreateCustomerGateway" && r.Header.Get("x-acs-action") != "CreateCustomerGateway" {
			h.ServeHTTP(w, r)
			return
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return // the sender is dead
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		r = r.WithContext(context.WithoutCancel(r.Context())) // and what it sent takes effect all the same
		c.mu.Lock()
		c.creates++
		point, due := c.points[c.creates]
		if due && point != senderAfter {
			c.kill(point, sender)
		}
		c.mu.Unlock()
		h.ServeHTTP(w, r) // what is written is in a buffer until this function returns
		if due && point == senderAfter {
			c.mu.Lock()
			c.kill(point, sender)
			c.mu.Unlock()
		}
	})
}

// kill kills one worker and starts another. A sender that another kill has hit does not count.
func (c *clouds) kill(point int, sender *process) {
	i := slices.Index(c.alive, sender)
	if i < 0 { // dead: kill at the next create that has no point yet
		n := c.creates + 1
		for _, taken := c.points[n]; taken; _, taken = c.points[n] {
			n++
		}
		c.points[n] = point
		return
	}
	if point == bystander {
		i = (i + 1 + c.rand.IntN(len(c.alive)-1)) % len(c.alive)
	}
	c.alive[i].kill()
	c.alive = slices.Delete(c.alive, i, i+1)
	c.killed[point]++
	c.startWorker()
}

// gateways returns how many there are, and how many of them have the address or the name of
// another in the same cloud. Each is as the fleet wants it.
func (c *clouds) gateways(t *testing.T, f Fleet) (total, duplicates int) {
	type gateway struct {
		name, address string
		tags          map[string]string
	}
	all := make([][]gateway, 2)
	for _, g := range c.tencent.Gateways() {
		all[0] = append(all[0], gateway{g.Name, g.IPAddress, g.Tags})
	}
	for _, g := range c.alibaba.Gateways() {
		all[1] = append(all[1], gateway{g.Name, g.IPAddress, g.Tags})
	}
	want := map[string]string{}
	for _, s := range f.Sites {
		want[s.IPAddress.String()] = s.Name
	}
	for _, gateways := range all {
		seen := map[string]bool{}
		for _, g := range gateways {
			if seen[g.name] || seen[g.address] {
				duplicates++
			}
			seen[g.name], seen[g.address] = true, true
			require.Equal(t, want[g.address], g.name)
			require.Equal(t, map[string]string{f.Options.OwnerKey: f.Options.Owner}, g.tags)
		}
		total += len(gateways)
	}
	return total, duplicates
}

// writes returns how many requests were received that change something.
func (c *clouds) writes() int {
	n := 0
	for _, r := range append(c.tencent.Requests(), c.alibaba.Requests()...) {
		switch r.Action {
		case "CreateCustomerGateway", "ModifyCustomerGatewayAttribute", "DeleteCustomerGateway", "ModifyResourceTags", "TagResources", "UnTagResources":
			n++
		}
	}
	return n
}

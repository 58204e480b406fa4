package importer

import (
	"context"
	"errors"
	"runtime"
	"time"

	"golang.org/x/sync/errgroup"

	"ableimport/importer/ledger"
	"ableimport/importer/report"
	"ableimport/importer/webhook"
)

// Result is how a run ended.
type Result struct {
	Summary *report.Summary
	Page    report.Page // what the end-of-run text says besides the summary
	Stopped string      // why the run ended early, "" if it did not

	account *account
}

// Run sends what the plan says and reports. Its error means that the run could not go on; what was
// sent until then is recorded and in the result. When ctx is done no new attempt starts; events in
// flight are finished and recorded.
func (im *Import) Run(ctx context.Context, plan *Plan, progress *Progress) (*Result, error) {
	if !im.keepReading() {
		return nil, context.Cause(ctx)
	}
	started := im.job.now()
	account, err := im.openAccount(ctx, plan, started)
	if err != nil {
		return nil, err
	}
	defer account.close()
	sender, err := im.outlet.sender(account.id)
	if err != nil {
		return nil, err
	}
	defer sender.Close()
	progress.start(plan, sender)

	var runErr error
	if plan.ToSend == 0 {
		account.tally.Merge(&plan.Tally)
	} else if runErr = im.send(ctx, plan, account, sender, progress); runErr != nil {
		account.tally.Complete(&plan.Tally)
	}

	account.took = im.job.now().Sub(started)
	return im.conclude(context.WithoutCancel(ctx), plan, account, runErr)
}

// send is the loop: producer -> intents -> sender -> one recorder.
func (im *Import) send(ctx context.Context, plan *Plan, account *account, sender sender,
	progress *Progress) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)

	r := &recorder{
		account: account, progress: progress, stop: stop, window: newWindow(sender.limit),
		canary: canary{size: int(min(int64(im.job.Canary), plan.ToSend)), confirm: im.job.Confirm},
		work:   make(chan *delivery, sender.room()+maxLookAhead),
		done:   make(chan *delivery, sender.room()+maxLookAhead),
	}
	if ask := r.canary.confirm; ask != nil {
		r.canary.confirm = func(answers []string) bool {
			progress.publish(account) // whoever is asked sees the figures too
			return ask(answers)
		}
	}

	p := newProducer(im, plan, sender.mark())
	r.full, r.free = p.full, p.free

	var group errgroup.Group
	group.Go(func() error {
		err := p.run()
		if err != nil {
			stop(err)
		}
		return err
	})

	group.Go(func() error { return sender.deliver(ctx, r.work, r.done) })
	recordErr := r.loop(ctx)
	close(r.work)
	err := errors.Join(recordErr, group.Wait())
	account.tally.Merge(&p.tally)
	return err
}

// A recorder is the one goroutine that writes: it notes intents before events go out and outcomes
// after, both in one transaction, and then counts and reports what has become durable.
type recorder struct {
	*account
	progress *Progress
	stop     context.CancelCauseFunc
	window   window
	canary   canary
	full     <-chan *block
	free     chan<- *block
	work     chan *delivery // to the sender: the intent is durable
	done     chan *delivery // from the sender

	next     []*delivery // without an intent
	ended    bool        // the producer has no more blocks
	stopped  bool        // nothing new goes out
	intended int         // deliveries whose intent is durable and whose outcome is not
	settled  []*delivery
	oldest   time.Time // when the first of settled was heard
}

// flushAfter is how long an outcome may wait for others before it is made durable.
const flushAfter = 20 * time.Millisecond

// haltedFor is how long a halted run waits before it checks again whether it may go on.
const haltedFor = 50 * time.Millisecond

func (r *recorder) loop(ctx context.Context) error {
	timer := time.NewTimer(flushAfter)
	defer timer.Stop()

	interrupted := ctx.Done()
	for {
		if r.due() {
			if err := r.commit(); err != nil {
				return r.fail(err)
			}
			continue
		}
		if r.over() {
			return nil
		}

		if r.progress.Halted() {
			timer.Reset(haltedFor) // nothing else may wake the loop when it may go on
		}

		var full <-chan *block
		if len(r.next) < maxLookAhead && !r.ended { // a commit need not end where a block does
			full = r.full
		}

		select {
		case d := <-r.done:
			isFirst := len(r.settled) == 0
			runtime.Gosched() // others are about to be done: one look finds them all
			r.heard(d)
			if isFirst { // later than r.oldest, or the timer would end before a commit is due
				timer.Reset(flushAfter)
			}
		case b, ok := <-full:
			r.take(b, ok)
		case <-timer.C:
			r.progress.update(r.account)
		case <-interrupted:
			interrupted = nil
			r.dropNext()
		}
	}
}

// due reports whether a commit is worth its sync: the workers are about to run dry and there is
// something to give them, outcomes have waited long enough, or nothing else is under way.
func (r *recorder) due() bool {
	if len(r.next) > 0 && r.room() > 0 && r.window.isLow(len(r.work)) {
		return true
	}
	return len(r.settled) > 0 &&
		(len(r.settled) == r.intended || time.Since(r.oldest) >= flushAfter)
}

// over reports whether nothing is left to do.
func (r *recorder) over() bool {
	return r.intended == 0 && len(r.next) == 0 && r.ended
}

// room is how many more intents the window allows once the settled outcomes are durable.
func (r *recorder) room() int {
	if r.progress.Halted() {
		return 0
	}
	return r.canary.room(r.window.size() - r.intended + len(r.settled))
}

func (r *recorder) take(b *block, ok bool) {
	if !ok {
		r.ended = true
		return
	}
	for i := range b.deliveries {
		r.next = append(r.next, &b.deliveries[i])
	}
	if r.stopped {
		r.dropNext()
	}
}

// heard takes a delivery's result, and all others that have arrived by now.
func (r *recorder) heard(d *delivery) {
	if len(r.settled) == 0 {
		r.oldest = time.Now()
	}

	for {
		r.settled = append(r.settled, d)
		if d.result.Stop && !r.stopped {
			r.endSending(d.result.Cause)
		}
		select {
		case d = <-r.done:
		default:
			return
		}
	}
}

// endSending ends the run: a verdict or the canary says that nothing new may go out.
func (r *recorder) endSending(cause string) {
	r.account.stoppedBy = cause
	r.stop(errors.New(cause))
	r.dropNext()
}

// dropNext ends the sending: what has no intent yet is not sent.
func (r *recorder) dropNext() {
	r.stopped = true
	for _, d := range r.next {
		d.result = d.unsent("the run ended before it was sent again")
		tallyDelivery(&r.tally, d.state(), d)
		if d.resend { // held as before, and listed
			r.note(r.undelivered.add(d.seq, report.Unknown, d.result))
		}
		r.release(d.block)
	}
	r.next = r.next[:0]
}

// release says that one of the block's deliveries is not needed any more. After the last one it
// gives the block back to the producer.
func (r *recorder) release(b *block) {
	if b.left--; b.left == 0 {
		b.reset()
		r.free <- b
	}
}

// commit makes the settled outcomes and the next intents durable, gives the workers the deliveries
// with an intent, and records the settled ones.
func (r *recorder) commit() error {
	count := max(0, min(len(r.next), r.room())) // the window may have shrunk below what is in it
	intended := r.next[:count]
	if err := r.im.outlet.commit(intended, r.settled); err != nil {
		return err
	}

	for _, d := range intended {
		r.work <- d // has room: it holds a whole window
	}

	r.intended += count - len(r.settled)
	r.canary.sent += count
	r.next = append(r.next[:0], r.next[count:]...)
	r.window.observe(len(r.settled))

	r.tick()
	for _, d := range r.settled {
		r.record(d)
		r.release(d.block)
		if stop := r.canary.heard(d); stop != "" && !r.stopped {
			r.endSending(stop)
		}
	}

	if len(r.settled) > 0 {
		r.note(r.receipts.Flush()) // if the program dies now, it leaves its order numbers behind
	}

	r.settled = r.settled[:0]
	r.progress.update(r.account)
	return nil
}

// fail ends the run because the ledger cannot be written. It waits for what is in flight, which
// cannot be noted any more: the next run will find it unknown, so it counts as unknown.
func (r *recorder) fail(cause error) error {
	r.stop(cause)
	r.dropNext()
	for len(r.settled) < r.intended {
		r.settled = append(r.settled, <-r.done)
	}
	for _, d := range r.settled {
		tallyDelivery(&r.tally, report.Unknown, d)
		r.release(d.block)
	}
	for !r.ended {
		b, ok := <-r.full
		r.take(b, ok)
	}

	return cause
}

// states are the client's verdicts as the ledger and the reports name them.
var states = map[webhook.Verdict]struct {
	ledger ledger.State
	report report.State
}{
	webhook.Delivered: {ledger.Delivered, report.Delivered},
	webhook.Rejected:  {ledger.Rejected, report.Rejected},
	webhook.Unknown:   {ledger.Unknown, report.Unknown},
	webhook.NotSent:   {ledger.NotSent, report.NotSent},
}

// maxLookAhead bounds the intents beyond what is in flight: after a crash these count as unknown
// too.
const maxLookAhead = 256

// lookAheadTime is how far ahead intents are noted, so that the workers do not wait for the ledger.
const lookAheadTime = 10 * time.Millisecond

// A window bounds the events that have a durable intent and no durable outcome. It follows the
// pace: a slow receiver gets few intents ahead, since they would be unknown after a crash, a fast
// one enough to hide the ledger's sync. Events in flight would be unknown as well: the same number
// again changes little, and saves most of the syncs with a slow receiver.
type window struct {
	concurrency func() int
	pace        int // events that lookAheadTime takes
	since       time.Time
	finished    int
}

func newWindow(concurrency func() int) window {
	return window{concurrency: concurrency, since: time.Now()}
}

func (w *window) size() int { return w.concurrency() + w.lookAhead() }

func (w *window) lookAhead() int { return min(max(w.pace, w.concurrency()), maxLookAhead) }

// isLow reports whether more intents are due, from how many wait for a worker.
func (w *window) isLow(waiting int) bool { return waiting <= w.lookAhead()/8 }

// observe takes the number of events that were finished, and sets the pace to what the last 20 ms
// say.
func (w *window) observe(finished int) {
	w.finished += finished
	elapsed := time.Since(w.since)
	if elapsed < 2*lookAheadTime {
		return
	}
	w.pace = int(int64(w.finished) * int64(lookAheadTime) / int64(elapsed))
	w.finished, w.since = 0, time.Now()
}

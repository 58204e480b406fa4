package web

import (
	"context"
	"net/url"
	"slices"
	"time"

	"ableimport/cmd/able-import/prepare"
	"ableimport/importer"
	"ableimport/importer/history"
)

// tryWithin is how long answers are tried: each of them reads the files once more. Tests have more
// time.
var tryWithin = time.Second

// untried reports whether the effect of some answers is not known yet.
func (c *choice) untried() bool { return len(c.Questions) > 0 && c.tried != c.Seen() }

// tryAnswers finds out what a run would send with each answer that is offered, as the preview on
// the command line does. If that is not enough, the rest is offered without.
func (s *server) tryAnswers(ctx context.Context, o *openImport) {
	o.mu.Lock()
	c := o.choice
	job, err := o.job(history.Target{}, s.options.Getenv)
	if c == nil || !c.untried() {
		o.mu.Unlock()
		return
	}
	c.tried = c.Seen()
	tries := *c
	tries.Questions = slices.Clone(c.Questions)
	o.mu.Unlock()

	if err != nil {
		return // something else has to be said first
	}
	ctx, cancel := context.WithTimeout(ctx, tryWithin)
	defer cancel()
	base := planOnly(ctx, job)
	for i := range tries.Questions {
		q := &tries.Questions[i]
		q.Answers = slices.Clone(q.Answers)
		for at := range q.Answers {
			q.Answers[at].Effect = tries.effect(ctx, job, base, *q, at, s.options.Getenv)
		}
		if ctx.Err() != nil || q.sameEffects() {
			for at := range q.Answers {
				q.Answers[at].Effect = nil // they would not show which answer is right
			}
		}
	}

	o.mu.Lock()
	defer o.mu.Unlock()
	if o.choice == c && c.tried == c.Seen() {
		c.Questions = tries.Questions
	}
}

// planOnly is what a job comes to as it is; nil where its files cannot be read so.
func planOnly(ctx context.Context, job importer.Job) *importer.Plan {
	im, err := importer.Open(job)
	if err != nil {
		return nil
	}
	defer im.Close()
	plan, err := im.Preflight(ctx)
	if err != nil {
		return nil
	}
	return plan
}

// effect is what one answer to a question makes of a job. Of the values that may be sales, it is
// the opposite of the guess.
func (c *choice) effect(ctx context.Context, job importer.Job, base *importer.Plan, q question,
	at int, getenv func(string) string) *prepare.Effect {
	if slices.Contains([]string{"timezone", "currency", "country"}, q.Ask) {
		return nil // it is written freely
	}

	tried := *c
	doc, err := parseDocument(c.doc.text)
	if err != nil {
		return nil
	}
	tried.doc = doc

	said := q.Answers[at].Value
	if q.Ask == "these" {
		opposite := map[bool]string{true: "no", false: "yes"}[q.Answers[at].Guess]
		_, err = tried.takeSales(&q, url.Values{saleField(q.ID, at): {opposite}})
	} else if value, wrong := q.value(said, []string{said}); wrong != nil {
		err = wrong
	} else {
		err = tried.set(value, q.Path...)
	}
	if err != nil {
		return nil
	}

	config, err := tried.config(getenv)
	if err != nil || ctx.Err() != nil {
		return nil
	}

	effect, err := prepare.EffectOf(ctx, job, config, base)
	if err != nil || ctx.Err() != nil {
		return nil
	}
	return effect
}

// sameEffects reports whether all answers come to the same.
func (q *question) sameEffects() bool {
	return len(q.Answers) > 1 && !slices.ContainsFunc(q.Answers, func(a answer) bool {
		first := q.Answers[0].Effect
		return a.Effect == nil || first == nil || a.Effect.String() != first.String()
	})
}

package webhook_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"

	"ableimport/importer/webhook"
)

// Post brings one event to the receiver and says what became of it.
func ExampleClient_Post() {
	status := http.StatusCreated
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(status)
		fmt.Fprint(w, "deal_currency not enabled")
	}))
	defer receiver.Close()
	client, err := webhook.New(webhook.Options{Endpoint: receiver.URL})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer client.Close()
	result := client.Post(context.Background(), []byte(`{"event_type":"Purchase"}`))
	fmt.Println(result.Verdict == webhook.Delivered, result.Attempts)
	status = http.StatusUnprocessableEntity
	result = client.Post(context.Background(), []byte(`{"event_type":"Purchase"}`))
	fmt.Println(result.Verdict == webhook.Rejected, result.Status, result.Answer)
	// Output:
	// true 1
	// true 422 deal_currency not enabled
}

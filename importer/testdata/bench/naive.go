package main

import (
	"bytes"
	"crypto/tls"
	"encoding/csv"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"

	"golang.org/x/sync/errgroup"
)

// naive is what a Go programmer writes in half an hour: encoding/csv, json.Marshal, net/http, one
// task an event. It checks nothing, keeps no ledger, proves no totals and reads money as floats.
func naive(args []string) error {
	flags := flag.NewFlagSet("naive", flag.ExitOnError)
	path, url := flags.String("csv", "", "file"),
		flags.String("url", "", "endpoint; none: nothing is sent")
	inFlight := flags.Int("c", 64, "events in flight")
	flags.Parse(args)

	file, err := os.Open(*path)
	if err != nil {
		return err
	}
	defer file.Close()
	rows := csv.NewReader(file)
	if _, err := rows.Read(); err != nil {
		return err
	}

	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = *inFlight
	// the receiver on this machine, whose certificate nobody has signed
	transport.TLSClientConfig = &tls.Config{InsecureSkipVerify: true}
	client := &http.Client{Transport: transport}
	var group errgroup.Group
	group.SetLimit(*inFlight)

	for {
		row, err := rows.Read()
		if err == io.EOF {
			return group.Wait()
		}
		if err != nil {
			return err
		}
		if *url == "" {
			if _, err := encode(row); err != nil {
				return err
			}
			continue
		}

		group.Go(func() error { return post(client, *url, row) })
	}
}

func post(client *http.Client, url string, row []string) error {
	body, err := encode(row)
	if err != nil {
		return err
	}
	answer, err := client.Post(url, "application/json", bytes.NewReader(body))
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("status %d", answer.StatusCode)
	}

	_, err = io.Copy(io.Discard, answer.Body)
	return err
}

type (
	item struct {
		Name  string  `json:"name"`
		Price float64 `json:"price"`
		Qty   float64 `json:"qty"`
		SKU   string  `json:"sku"`
	}
	lead struct {
		FirstName string `json:"firstName"`
		LastName  string `json:"lastName"`
		Company   string `json:"company,omitempty"`
		Country   string `json:"country"`
	}
	keys struct {
		Email    string `json:"email"`
		ClientID string `json:"client_id"`
	}
	resource struct {
		OrderID      string  `json:"order_id"`
		DealValue    float64 `json:"deal_value"`
		DealCurrency string  `json:"deal_currency"`
		Description  string  `json:"description"`
		DealItems    []item  `json:"deal_items"`
		Keys         keys    `json:"keys"`
		Lead         lead    `json:"lead"`
	}
	event struct {
		FunnelMark string   `json:"funnel_mark"`
		EventType  string   `json:"event_type"`
		Resource   resource `json:"resource"`
	}
)

func encode(row []string) ([]byte, error) {
	number := func(text string) float64 { value, _ := strconv.ParseFloat(text, 64); return value }
	return json.Marshal(event{"mark", "Purchase", resource{
		OrderID: row[0], DealValue: number(row[6]), DealCurrency: row[5], Description: row[9],
		DealItems: []item{{row[10], number(row[12]), number(row[11]), row[13]}},
		Keys:      keys{row[2], row[4]}, Lead: lead{row[16], row[17], row[18], row[15]},
	}})
}

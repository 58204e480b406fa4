package mapping

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"ableimport/mapping/cell"
)

func TestCells(t *testing.T) {
	header, rows := table("Order|Status|Total|Currency|Email|Item|Price|Quantity|SKU",
		"7|paid|7.00|EUR|Ann@Example.com|Tea|5.0|1|T", "7|||||Cup|2.00|1|")
	m := bind(t, grouped, header)
	want := []CellUse{
		{2, "Total", "7.00", "deal_value", "7.00"},
		{2, "Currency", "EUR", "deal_currency", "EUR"},
		{2, "Order", "7", "order_id", "7"},
		{2, "Email", cell.Mask("Ann@Example.com"), "keys.email", cell.Mask("ann@example.com")},
		{2, "Item", "Tea", "items.name", "Tea"},
		{2, "Price", "5.0", "items.price", "5.0"},
		{2, "Quantity", "1", "items.qty", "1"},
		{2, "SKU", "T", "items.sku", "T"},
		{3, "Item", "Cup", "items.name", "Cup"},
		{3, "Price", "2.00", "items.price", "2.00"},
		{3, "Quantity", "1", "items.qty", "1"},
	}
	if diff := cmp.Diff(want, m.Cells(rows)); diff != "" {
		t.Errorf("Cells (-want +got):\n%s", diff)
	}
}

func TestCellsOfAnInvalidEvent(t *testing.T) {
	header, rows := table(shopHeader, "1|x|USD|nobody")
	want := []CellUse{
		{2, "Currency", "USD", "deal_currency", ""},
		{2, "Order", "1", "order_id", ""},
	}
	var got []CellUse
	for _, use := range bind(t, minimal, header).Cells(rows) {
		if use.Field == "deal_currency" || use.Field == "order_id" {
			got = append(got, use)
		}
		if use.Value == "nobody" {
			t.Errorf("shows a personal value: %+v", use)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Cells (-want +got):\n%s", diff)
	}
}

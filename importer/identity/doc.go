// Package identity says what makes two events the same. An [Identifier] hashes an event:
//
//	ID       event type, namespace and id values    which event it is
//	Body     the bytes that are posted              which plan it is part of
//	Content  the body with all decimals             whether it has changed since it was delivered
//	Value    event type, currency and amount        the same, when the mapping has changed as well
//	Alike    visitor key, currency and amount       whether it may be the same sale under another id
//
// A [Chain] hashes the identities of all events in order, block by block; the last hash is the
// plan.
package identity

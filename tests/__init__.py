"""Tests of the whole: house-keeping, browser journeys, and the runner behind `make test`."""

"""Tags: what shoppers are like, by conditions and by what they buy more of than others do, with the evidence."""

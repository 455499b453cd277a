"""The proving ground: real processes under load and kills, judged by others' logs alone."""

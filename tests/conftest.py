"""Settings of all tests."""

from hypothesis import HealthCheck, settings

# A slow or busy machine must not turn a property red: hypothesis times each example unless told otherwise.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")

// Brings rows of arrays to the slots of lane programs, runs the steps, and writes results; loop order: steps,
// then inputs, instructions and outputs. Included only by kernels.cpp.
#pragma once

template <class T, class S>
inline void lane_load_rows(T* to, const LaneSource& from, const std::int64_t* rows, std::int64_t batch) {
  for (std::int64_t r = 0; r < batch; ++r) {
    const char* row = from.data + rows[r] * from.row_stride;
    for (int i = 0; i < from.count; ++i) {
      S one;
      __builtin_memcpy(&one, row + (from.places ? from.places[i] : i * std::int64_t(sizeof(S))), sizeof(S));
      *to++ = static_cast<T>(one);
    }
  }
}

template <class T>
void lane_load_any(char* slots, const LaneSource& from, const std::int64_t* rows, std::int64_t batch) {
  T* to = reinterpret_cast<T*>(slots + from.slot);
  switch (from.dtype) {
  case DType::Bool:
  case DType::U8:
    lane_load_rows<T, std::uint8_t>(to, from, rows, batch);
    break;
  case DType::I8:
    lane_load_rows<T, std::int8_t>(to, from, rows, batch);
    break;
  case DType::U16:
    lane_load_rows<T, std::uint16_t>(to, from, rows, batch);
    break;
  case DType::I16:
    lane_load_rows<T, std::int16_t>(to, from, rows, batch);
    break;
  case DType::U32:
    lane_load_rows<T, std::uint32_t>(to, from, rows, batch);
    break;
  case DType::I32:
    lane_load_rows<T, std::int32_t>(to, from, rows, batch);
    break;
  case DType::U64:
    lane_load_rows<T, std::uint64_t>(to, from, rows, batch);
    break;
  case DType::I64:
    lane_load_rows<T, std::int64_t>(to, from, rows, batch);
    break;
  case DType::F32:
    lane_load_rows<T, float>(to, from, rows, batch);
    break;
  case DType::F64:
    lane_load_rows<T, double>(to, from, rows, batch);
    break;
  }
  if (from.count * batch == 1)
    lane_splat<T>(slots, from.slot);
}

// Reads the rows of a step; the usual one, some neighbouring float32, without a loop and never beyond its
// end.
inline void lane_load(char* slots, const LaneSource& from, const std::int64_t* rows, std::int64_t batch) {
  if (from.dtype == DType::F32 && !from.wide && batch == 1 && !from.places && from.count <= kLanes<float>) {
    const char* row = from.data + rows[0] * from.row_stride;
    if (from.count == 1) {
      float one;
      __builtin_memcpy(&one, row, sizeof(one));
      return lane_put<float>(slots, from.slot, splat(one));
    }
#if defined(__AVX512F__)
    const __mmask16 inside = static_cast<__mmask16>((1u << from.count) - 1);
    return lane_put<float>(slots, from.slot, (vf)_mm512_maskz_loadu_ps(inside, row));
#elif defined(__AVX2__)
    const vi lane = {0, 1, 2, 3, 4, 5, 6, 7};
    const vi inside = lane < from.count;
    return lane_put<float>(slots, from.slot,
                           (vf)_mm256_maskload_ps(reinterpret_cast<const float*>(row), (__m256i)inside));
#endif
  }
  if (from.wide)
    lane_load_any<double>(slots, from, rows, batch);
  else
    lane_load_any<float>(slots, from, rows, batch);
}

inline void lane_store(const char* slots, LaneTarget& to) {
  const char* from = slots + to.slot;
  if (to.dtype == DType::F32 && !to.wide) {
    for (int i = 0; i < to.count; ++i)
      __builtin_memcpy(to.data + 4 * i, from + 4 * i, 4);
  } else if (to.wide) {
    store_any<double>(to.data, to.dtype, reinterpret_cast<const double*>(from), 0, to.count);
  } else {
    store_any<float>(to.data, to.dtype, reinterpret_cast<const float*>(from), 0, to.count);
  }
  to.data += to.step;
}

void lane_run(LaneJob& job, std::int64_t steps) {
  vf carried = job.carried < 0 ? vf{} : lane_at<float>(job.slots, job.carried);
  for (std::int64_t step = 0; step < steps; ++step) {
    for (int i = 0; i < job.source_count; ++i)
      lane_load(job.slots, job.sources[i], job.rows, job.batch);
    job.rows += job.batch;
    if constexpr (kLaneThreaded)
      carried = reinterpret_cast<LaneFunction>(job.code->run)(job.code, job.slots, carried);
    else
      for (const LaneLine* it = job.code; it->run != reinterpret_cast<LaneHandler>(&lane_end); ++it)
        carried = reinterpret_cast<LaneFunction>(it->run)(it, job.slots, carried);
    for (int i = 0; i < job.target_count; ++i)
      lane_store(job.slots, job.targets[i]);
  }
}

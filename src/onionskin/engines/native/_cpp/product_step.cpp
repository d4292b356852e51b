// A matrix product as a step: checks, the split over threads, and the tile program behind it; see
// product.hpp.
#include "isa.hpp"
#include "threads.hpp"
#include "tile_step.hpp"

#include <algorithm>

namespace onionskin {
namespace {

struct Split {
  std::int64_t down, across; // blocks of rows and of columns
};

// Of the ways to cut m × n into so many blocks, the one whose largest block is cheapest: its products and the
// packing of its columns. Only rows and columns are cut, never the inner size, so that no bit depends on it.
Split split_of(std::int64_t m, std::int64_t n, int threads) {
  Split best{1, 1};
  double least = 0;
  for (std::int64_t down = 1; down <= threads; ++down) {
    const std::int64_t across = threads / down;
    const double rows = static_cast<double>((m + down - 1) / down),
                 columns = static_cast<double>((n + across - 1) / across);
    const double cost = (rows + 12) * std::max(columns, 16.0);
    if (down == 1 || cost < least) {
      least = cost;
      best = {down, across};
    }
  }
  return best;
}

class ProductStep : public Step {
public:
  int out, a, b;
  bool trans_a, trans_b;
  DType dtype;
  std::int64_t batch, m, n, k;
  std::unique_ptr<TileStep> behind; // runs on each finished block, may be none

  void run(Run& run) const override {
    if (batch * m * n == 0)
      return;
    std::vector<const void*> ins;
    std::vector<void*> outs;
    if (behind)
      behind->places(run, ins, outs);
    const double flops = 2.0 * static_cast<double>(batch) * static_cast<double>(m) * static_cast<double>(n) *
                         static_cast<double>(std::max<std::int64_t>(k, 1));
    const int threads = threads_for(flops / 60 + (behind ? behind->nanoseconds() : 0));
    const Split split = batch >= threads ? Split{1, 1} : split_of(m, n, threads);
    const Kernels& kernels = active();
    // cuts of 32 columns leave whole panels, and no line of the cache to two threads
    const std::int64_t rows = cut(m, split.down, 4), columns = cut(n, split.across, 32);
    const auto needed = dtype == DType::F32 ? kernels.workspace_f32 : kernels.workspace_f64;
    const std::size_t bytes = (needed(rows, columns, k) + kAlignment) / kAlignment * kAlignment;
    const std::int64_t tasks = batch * split.down * split.across;
    const std::int64_t teams = std::min<std::int64_t>(threads, tasks);
    char* scratch = static_cast<char*>(run.scratch.grow(bytes * static_cast<std::size_t>(teams)));
    parallel(teams, static_cast<int>(teams), [&](std::int64_t team) {
      for (std::int64_t task = team * tasks / teams; task < (team + 1) * tasks / teams; ++task) {
        const std::int64_t block = task % (split.down * split.across);
        Block it{this,
                 ins.data(),
                 outs.data(),
                 task / (split.down * split.across),
                 block / split.across * rows,
                 block % split.across * columns};
        multiply(it, run, kernels, scratch + static_cast<std::size_t>(team) * bytes, rows, columns);
      }
    });
  }

private:
  struct Block {
    const ProductStep* step;
    const void* const* ins;
    void* const* outs;
    std::int64_t batch, row, column;
  };

  static std::int64_t cut(std::int64_t size, std::int64_t parts, std::int64_t grain) {
    const std::int64_t part = (size + parts - 1) / parts;
    return std::min(size, (part + grain - 1) / grain * grain);
  }

  void multiply(Block& it, const Run& run, const Kernels& kernels, void* scratch, std::int64_t rows,
                std::int64_t columns) const {
    rows = std::min(rows, m - it.row);
    columns = std::min(columns, n - it.column);
    if (rows <= 0 || columns <= 0)
      return;
    Product product{};
    product.a_row = trans_a ? 1 : k;
    product.a_column = trans_a ? m : 1;
    product.b_row = trans_b ? 1 : n;
    product.b_column = trans_b ? k : 1;
    const std::int64_t size = static_cast<std::int64_t>(size_of(dtype));
    product.a = run.get<char>(a) + (it.batch * m * k + it.row * product.a_row) * size;
    product.b = run.get<char>(b) + (it.batch * k * n + it.column * product.b_column) * size;
    product.c = run.get<char>(out) + (it.batch * m * n + it.row * n + it.column) * size;
    product.c_row = n;
    product.m = rows;
    product.n = columns;
    product.k = k;
    product.workspace = scratch;
    product.finished = behind ? &finish : nullptr;
    product.context = &it;
    (dtype == DType::F32 ? kernels.product_f32 : kernels.product_f64)(product);
  }

  // Runs the tile program over a finished part of a block, while it is still in the cache.
  static void finish(void* context, std::int64_t row, std::int64_t row_end, std::int64_t column,
                     std::int64_t column_end) {
    const Block& it = *static_cast<const Block*>(context);
    const ProductStep& step = *it.step;
    const std::int64_t start = it.batch * step.m * step.n;
    row += it.row, row_end += it.row, column += it.column, column_end += it.column;
    if (column_end - column == step.n)
      return step.behind->run_part(it.ins, it.outs, start + row * step.n, start + row_end * step.n);
    for (; row < row_end; ++row)
      step.behind->run_part(it.ins, it.outs, start + row * step.n + column,
                            start + row * step.n + column_end);
  }
};

// The program behind a product: its own instructions after the bias is added to the product.
std::unique_ptr<TileStep> make_behind(const Values& values, int out, int bias,
                                      const std::vector<int>& epilogue, const std::vector<int>& inputs,
                                      const std::vector<double>& constants, const std::vector<int>& outs) {
  if (bias < 0 && epilogue.empty())
    return nullptr;
  const Shape& shape = values.at(static_cast<std::size_t>(out)).shape;
  std::vector<int> all_ins(inputs), all_outs{out};
  all_outs.insert(all_outs.end(), outs.begin(), outs.end());
  const auto number = [](Op op) { return static_cast<int>(op); };
  all_ins.push_back(out);
  std::vector<int> code{number(Op::Load), 0, static_cast<int>(all_ins.size()) - 1, 0, 0};
  if (bias >= 0) {
    all_ins.push_back(bias);
    code.insert(code.end(),
                {number(Op::Load), 1, static_cast<int>(all_ins.size()) - 1, 0, 0}); // free until here
    code.insert(code.end(), {number(Op::Add), 0, 0, 1, 0});
  }
  code.insert(code.end(), epilogue.begin(), epilogue.end());
  bool keeps = false;
  for (std::size_t i = 0; i + 1 < epilogue.size(); i += 5)
    keeps = keeps || (epilogue[i] == number(Op::Store) && epilogue[i + 1] == 0);
  if (!keeps && bias >= 0)
    code.insert(code.begin() + 15, {number(Op::Store), 0, 0, 0, 0}); // the product with its bias stays in out
  std::vector<Shape> strides;
  for (int in : all_ins)
    strides.push_back(broadcast_strides(values.at(static_cast<std::size_t>(in)).shape, shape));
  return std::make_unique<TileStep>(values, all_outs, all_ins, code, constants, shape, strides,
                                    values[static_cast<std::size_t>(out)].dtype);
}

} // namespace

std::unique_ptr<Step> make_product(const Values& values, int out, int a, int b, bool trans_a, bool trans_b,
                                   int bias, const std::vector<int>& epilogue, const std::vector<int>& inputs,
                                   const std::vector<double>& constants, const std::vector<int>& outs) {
  const auto value = [&](int id) -> const Value& { return values.at(static_cast<std::size_t>(id)); };
  const Shape &x = value(a).shape, &y = value(b).shape, &z = value(out).shape;
  const std::string given = "given: " + text_of(x) + (trans_a ? "ᵀ" : "") + " · " + text_of(y) +
                            (trans_b ? "ᵀ" : "") + " → " + text_of(z);
  if (!is_float(value(out).dtype) || value(a).dtype != value(out).dtype || value(b).dtype != value(out).dtype)
    refuse("matmul: factors and result are all float32 or all float64. given: " +
           std::string(name_of(value(a).dtype)) + ", " + name_of(value(b).dtype) + " and " +
           name_of(value(out).dtype));
  const std::size_t rank = z.size();
  if (rank < 2 || x.size() != rank || y.size() != rank)
    refuse("matmul: matrices, or equally many of them, are needed. " + given);
  for (std::size_t axis = 0; axis + 2 < rank; ++axis)
    if (x[axis] != z[axis] || y[axis] != z[axis])
      refuse("matmul: the leading axes differ. " + given);
  auto step = std::make_unique<ProductStep>();
  step->out = out, step->a = a, step->b = b;
  step->trans_a = trans_a, step->trans_b = trans_b;
  step->dtype = value(out).dtype;
  step->m = z[rank - 2], step->n = z[rank - 1];
  step->k = x[rank - (trans_a ? 2 : 1)];
  if (x[rank - (trans_a ? 1 : 2)] != step->m || y[rank - (trans_b ? 2 : 1)] != step->n ||
      y[rank - (trans_b ? 1 : 2)] != step->k)
    refuse("matmul: the shapes do not fit. " + given);
  step->batch = count_of(Shape(z.begin(), z.end() - 2));
  if (bias >= 0 && value(bias).shape != Shape{step->n})
    refuse("matmul: the bias is one row of the result. given: " + text_of(value(bias).shape));
  if (value(out).place == Place::Input || value(out).place == Place::Constant)
    refuse("matmul: inputs and constants cannot be written");
  step->behind = make_behind(values, out, bias, epilogue, inputs, constants, outs);
  return step;
}

} // namespace onionskin
